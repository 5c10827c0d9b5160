#include "vm/runtime/fuel.hpp"

#include <algorithm>

namespace skerry::vm {

namespace {

/// Splits the fuel between the running slice, which does not become larger, and fuel_budget.
void set_fuel_left(Store& store, int64_t left) {
  store.run.fuel = std::clamp(left, int64_t{0}, std::max(store.run.fuel, int64_t{0}));
  store.fuel_budget = left - store.run.fuel;
}

/// Returns whether a host function may take more fuel than is left. The fuel then becomes negative, and the
/// call is suspended after the host function has returned.
bool may_owe(const Store& store, int64_t left, uint64_t instructions) {
  constexpr int64_t most = int64_t{1} << 62; // keeps sums from overflowing
  return store.may_suspend && store.host_depth == 1 && instructions <= uint64_t{most} && left > -most;
}

} // namespace

void set_fuel(Store& store, uint64_t instructions) noexcept {
  const uint64_t left = std::min(instructions, skerry::Store::unlimited_fuel);
  store.fuel_given += left - static_cast<uint64_t>(store.fuel_left());
  set_fuel_left(store, static_cast<int64_t>(left));
}

uint64_t fuel_used(const Store& store) noexcept {
  // Negative fuel is a debt: fuel that has not been given yet. It does not count as used.
  return store.fuel_given - static_cast<uint64_t>(std::max<int64_t>(store.fuel_left(), 0));
}

bool consume_fuel(Store& store, uint64_t instructions) noexcept {
  const int64_t left = store.fuel_left();
  const bool enough = left >= 0 && instructions <= static_cast<uint64_t>(left);
  if (!enough && may_owe(store, left, instructions)) {
    store.fuel_budget = 0;
    store.run.fuel = left - static_cast<int64_t>(instructions);
    return true;
  }
  set_fuel_left(store, enough ? left - static_cast<int64_t>(instructions) : std::min<int64_t>(left, 0));
  return enough;
}

} // namespace skerry::vm
