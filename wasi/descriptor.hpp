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

/// Entries that are read before the program takes them. They keep a listing valid where the file system's own
/// positions shift when entries are removed (older tmpfs).
struct DirectoryCursor {
  std::vector<std::byte> entries; ///< as getdents64 returned them
  size_t at = 0;                  ///< position of the entry that follows `cookie`
  uint64_t cookie = 0;
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
  std::shared_ptr<Quota> quota; ///< of the preopen above it, if that has one
  /// Reading and writing may have to wait: a pipe, terminal or socket. WASI waits, until the deadline. The
  /// system calls never wait, whatever the system's own blocking flag says.
  bool is_stream = false;
  StreamKind stream = StreamKind::own;     ///< of a stream with a system descriptor
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

/// A descriptor for an open file of the system, with its type, and with the rights that apply to this type.
/// An owned `fd` was opened nonblocking; a borrowed terminal is opened again. `flags` are the fdflags it was
/// opened with. Errors: those of fstat.
Expected<Descriptor> describe(HostFd fd, Rights base, Rights inheriting, uint16_t flags);

} // namespace skerry::wasi
