// Writes to a pipe or socket whose reader may be closed, without the SIGPIPE that would end the embedding
// process.
#pragma once

#include <sys/types.h>

namespace skerry::wasi::platform {

/// Implements the template below: `context` is passed to `write`.
ssize_t without_sigpipe(ssize_t (*write)(void* context), void* context);

/// Calls `write`, which makes one system call and returns its result. If no process reads the pipe or socket,
/// the call fails with EPIPE and no signal is delivered. The embedder's signal settings do not change.
template <class F> ssize_t without_sigpipe(F write) {
  return without_sigpipe([](void* context) { return (*static_cast<F*>(context))(); }, &write);
}

} // namespace skerry::wasi::platform
