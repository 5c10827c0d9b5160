// Descriptor: one entry of a program's descriptor table.
#pragma once

#include "skerry/wasi/config.hpp"
#include "wasi/host_fd.hpp"
#include "wasi/stream_io.hpp"
#include "wasi/types.hpp"

#include <memory>
#include <optional>
#include <string>
#include <variant>
#include <vector>

namespace skerry::wasi {

/// Entries read ahead of what the program has taken; they keep a listing going where the file system's own
/// positions shift when entries are removed (older tmpfs).
struct DirectoryCursor {
  std::vector<std::byte> entries; ///< as getdents64 gave them
  std::size_t at = 0;             ///< where the entry lies that follows `cookie`
  uint64_t cookie = 0;
};

/// Fixed input.
struct ByteSource {
  std::shared_ptr<const std::string> data;
  std::size_t at = 0;
};

/// What stands behind a descriptor: the system, fixed bytes to read, or somebody who gives or takes bytes.
using Resource = std::variant<HostFd, ByteSource, std::shared_ptr<const InputCallback>,
                              std::shared_ptr<const OutputCallback>>;

struct Descriptor {
  Resource resource;
  Filetype type = Filetype::unknown;
  Rights base = rights::none;
  Rights inheriting = rights::none;
  uint16_t flags = 0;           ///< fdflags as the program sees them
  bool read_only = false;       ///< below a read-only preopen
  std::shared_ptr<Quota> quota; ///< of the preopen that it is below, if that has one
  /// Reading and writing may have to wait: a pipe, terminal or socket. We wait, until the deadline; the
  /// system calls never do, whatever the system's own blocking flag says.
  bool is_stream = false;
  StreamKind stream = StreamKind::own;     ///< of a stream with a descriptor of the system
  std::optional<std::string> preopen_name; ///< the guest path, for preopens
  DirectoryCursor cursor;

  bool is_directory() const noexcept { return type == Filetype::directory; }
  bool has(Rights needed) const noexcept { return (base & needed) == needed; }
  /// The system's descriptor, or -1.
  int host_fd() const noexcept {
    const auto* fd = std::get_if<HostFd>(&resource);
    return fd ? fd->get() : -1;
  }
};

/// A descriptor for an open file of the system, with its type, and rights cut down to what makes sense for
/// the type. What `fd` owns was opened nonblocking; a terminal that it borrows is opened anew. `flags` are
/// the fdflags it was opened with. Errors: what fstat reports.
Expected<Descriptor> describe(HostFd fd, Rights base, Rights inheriting, uint16_t flags);

} // namespace skerry::wasi
