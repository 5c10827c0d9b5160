#include "host/pool/instance_cap.hpp"

#include "host/support/engine_error.hpp"
#include "host/support/fail.hpp"

namespace skerry::host {

bool InstanceCap::take() noexcept {
  uint32_t taken = taken_.load(std::memory_order_relaxed);
  while (taken < allowed_) {
    if (taken_.compare_exchange_weak(taken, taken + 1, std::memory_order_relaxed)) return true;
  }
  return false;
}

Expected<InstancePlace> InstancePlace::take(const Manifest& manifest, std::shared_ptr<InstanceCap> cap) {
  if (cap->take()) return InstancePlace(std::move(cap));
  auto error =
      make_error(manifest, Phase::instantiate, PluginErrorCode::limit_instances,
                 "the host has " + std::to_string(cap->allowed()) + " instances, which is its limit");
  error.limit =
      LimitReport{"instances", "instances", cap->allowed(), std::nullopt, "ManagerOptions::max_instances"};
  return fail(std::move(error));
}

} // namespace skerry::host
