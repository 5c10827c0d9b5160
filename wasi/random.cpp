// random_get: fills memory with random bytes.
#include "wasi/platform/random.hpp"
#include "wasi/functions.hpp"

#include <algorithm>
#include <span>

namespace skerry::wasi::abi {

namespace {

// How many bytes are filled between two checks of deadline and interrupt. Filling this many bytes takes about
// a quarter of a millisecond.
constexpr size_t chunk_bytes = HostMeter::look_units * HostMeter::bytes_per_unit;

Errno fill(State& state, std::span<std::byte> bytes) {
  if (state.run) {
    state.run->fill(bytes);
    return Errno::success;
  }
  const RandomSource& source = state.config.random;
  if (!source) return platform::fill_random(bytes);
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
