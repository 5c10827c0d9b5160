// random_get: fills memory with random bytes.
#include "wasi/functions.hpp"
#include "wasi/os_errno.hpp"

#include <sys/random.h>

#include <algorithm>
#include <cerrno>
#include <span>

namespace skerry::wasi::abi {

namespace {

// How many bytes are filled between two checks of deadline and interrupt. Filling this many bytes takes about
// a quarter of a millisecond.
constexpr size_t chunk_bytes = HostMeter::look_units * HostMeter::bytes_per_unit;

Errno fill_from_system(std::span<std::byte> bytes) {
  while (!bytes.empty()) {
    const ssize_t got = ::getrandom(bytes.data(), bytes.size(), 0);
    if (got > 0)
      bytes = bytes.subspan(static_cast<size_t>(got));
    else if (errno != EINTR)
      return last_os_errno();
  }
  return Errno::success;
}

Errno fill(State& state, std::span<std::byte> bytes) {
  if (state.run) {
    state.run->fill(bytes);
    return Errno::success;
  }
  const RandomSource& source = state.config.random;
  if (!source) return fill_from_system(bytes);
  return source(bytes) ? Errno::success : Errno::io;
}

} // namespace

Errno random_get(Call& call, i32 buf, i32 buf_len) {
  const auto bytes = call.memory.bytes(buf, buf_len);
  if (!bytes) return bytes.error();
  for (auto rest = *bytes; !rest.empty();) {
    const size_t length = std::min(rest.size(), chunk_bytes);
    if (call.meter.spend_bytes(length)) return Errno::intr;
    const Errno error = fill(call.state, rest.first(length));
    if (error != Errno::success) return error;
    rest = rest.subspan(length);
  }
  return Errno::success;
}

} // namespace skerry::wasi::abi
