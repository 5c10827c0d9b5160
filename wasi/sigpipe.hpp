// Writing to a pipe or socket whose reader is gone, without the signal that would end the embedding process.
#pragma once

#include <sys/types.h>
#include <sys/uio.h>

#include <span>

namespace skerry::wasi {

/// As writev; EPIPE comes back as an error only. The embedder's signal settings stay untouched.
ssize_t write_without_sigpipe(int fd, std::span<const iovec> vectors);

} // namespace skerry::wasi
