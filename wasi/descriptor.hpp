// Descriptor: one entry of a program's descriptor table.
#pragma once

#include "skerry/wasi/config.hpp"
#include "wasi/directory_cookies.hpp"
#include "wasi/host_fd.hpp"
#include "wasi/platform/streams.hpp"
#include "wasi/types.hpp"

#include <memory>
#include <optional>
#include <string>
#include <variant>
#include <vector>

namespace skerry::wasi {

/// Entries of a directory: WASI has read them from the system, but the program has not taken them yet. A
/// program may remove entries while it lists the directory. On some file systems (older tmpfs), the
/// positions of the remaining entries then shift. The entries kept here make the listing complete
/// nevertheless.
struct DirectoryCursor {
  std::vector<std::byte> entries; ///< from platform::append_entries
  size_t at = 0;                  ///< offset in `entries` of the next entry
  uint64_t position = 0;          ///< where the next entry begins (platform::Entry::position)
};

/// Fixed input bytes.
struct ByteSource {
  std::shared_ptr<const std::string> data;
  size_t at = 0;
};

/// The target of a descriptor: a file of the system, fixed bytes to read, or callbacks of the embedder.
using Resource = std::variant<HostFd, ByteSource, std::shared_ptr<const InputCallback>,
                              std::shared_ptr<const OutputCallback>>;

struct Descriptor {
  Resource resource;
  Filetype type = Filetype::unknown;
  Rights base = rights::none;
  Rights inheriting = rights::none;
  uint16_t flags = 0;           ///< fdflags as the program sees them
  bool read_only = false;       ///< below a read-only preopen
  std::shared_ptr<Quota> quota; ///< the quota of the preopen that contains the file; may be null
  /// True for a pipe, terminal, other character device or socket, and for fixed bytes and callbacks.
  /// If a stream has a system descriptor, a read or write may have to wait. WASI polls the descriptor until
  /// it is ready or the deadline passes. It then calls the system, which returns at once, even if the
  /// descriptor is in blocking mode (see platform/streams.hpp).
  bool is_stream = false;
  platform::StreamKind stream = platform::StreamKind::own; ///< for streams with a system descriptor
  std::optional<std::string> preopen_name;                 ///< the guest path, for preopens
  DirectoryCursor cursor;
  DirectoryCookies cookies; ///< of a directory

  bool is_directory() const noexcept { return type == Filetype::directory; }
  bool has(Rights needed) const noexcept { return (base & needed) == needed; }
  /// The system's descriptor; -1 if the resource is not a file of the system.
  int host_fd() const noexcept {
    const auto* fd = std::get_if<HostFd>(&resource);
    return fd ? fd->get() : -1;
  }
};

/// Returns a descriptor for an open file of the system. The descriptor has the file's type. It has those of
/// the rights `base` that apply to this type. It has the rights `inheriting` only if the file is a
/// directory. If `fd` is owned, it must have been opened nonblocking. If `fd` is a borrowed terminal, the
/// terminal is opened again in nonblocking mode (see open_terminal_anew). `flags` are the fdflags that the
/// file was opened with. Errors: those of fstat.
Expected<Descriptor> describe(HostFd fd, Rights base, Rights inheriting, uint16_t flags);

} // namespace skerry::wasi
