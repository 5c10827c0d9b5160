#include "wasi/call.hpp"

#include <utility>

namespace skerry::wasi {

namespace {
// As the engine's own bulk operations cost.
constexpr uint64_t bytes_per_instruction = 64;
} // namespace

bool Call::must_stop() {
  if (stop) return true;
  if (auto checked = watch.check(watch.self); !checked) stop = std::move(checked.error());
  return stop.has_value();
}

bool Call::charge_bytes(uint64_t bytes) {
  if (stop) return true;
  const uint64_t instructions = bytes / bytes_per_instruction;
  if (instructions == 0) return false;
  if (auto charged = watch.charge(watch.self, instructions); !charged) stop = std::move(charged.error());
  return stop.has_value();
}

} // namespace skerry::wasi
