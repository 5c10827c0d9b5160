// Writing to a pipe or socket whose reader is gone, without the signal that would end the embedding process.
#pragma once

#include <sys/types.h>

namespace skerry::wasi {

/// As the other without_sigpipe, with `write` and its context apart.
ssize_t without_sigpipe(ssize_t (*write)(void* context), void* context);

/// Calls `write`, one system call that returns a size; its EPIPE comes back as an error only. The embedder's
/// signal settings stay untouched.
template <class F> ssize_t without_sigpipe(F write) {
  return without_sigpipe([](void* context) { return (*static_cast<F*>(context))(); }, &write);
}

} // namespace skerry::wasi
