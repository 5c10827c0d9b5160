// Writing to a pipe or socket whose reader is closed, without the signal that would end the embedding
// process.
#pragma once

#include <sys/types.h>

namespace skerry::wasi {

/// The other without_sigpipe, with `write` and its context as separate parameters.
ssize_t without_sigpipe(ssize_t (*write)(void* context), void* context);

/// Calls `write`, one system call that returns a size. Its EPIPE is only an error. The embedder's signal
/// settings do not change.
template <class F> ssize_t without_sigpipe(F write) {
  return without_sigpipe([](void* context) { return (*static_cast<F*>(context))(); }, &write);
}

} // namespace skerry::wasi
