// Waits until files are ready.
#pragma once

#include "wasi/types.hpp"

#include <chrono>
#include <cstdint>
#include <span>

namespace skerry::wasi::platform {

enum class Direction : uint8_t { read, write };

/// A file to wait for, and what was found.
struct Waiting {
  int fd = -1;
  Direction direction = Direction::read;
  /// The next read or write will not wait. `ready` is also set if `hung_up` or `invalid` is set, because
  /// the next call then returns at once with an error.
  bool ready = false;
  bool hung_up = false; ///< the other end is closed, or the file has an error
  bool invalid = false; ///< not an open file
};

/// Waits until one of `files`, which may be empty, is ready, or `timeout` is over. Sets the results in all
/// of `files`, and returns how many files are ready. A signal may end the wait early; the result is then 0.
/// Errors: those of the system.
Expected<size_t> wait(std::span<Waiting> files, std::chrono::nanoseconds timeout);

} // namespace skerry::wasi::platform
