// An instance of a plugin, lent to one call. Internal.
#pragma once

#include "host/pool/generation.hpp"
#include "host/support/budget_share.hpp"

#include <chrono>
#include <cstdint>
#include <memory>

namespace skerry::host {

/// Exclusive use of one instance. On destruction, gives the instance back to its generation, which records
/// the call's usage and resets the instance if necessary. Keeps the generation alive.
class Lease {
public:
  /// Takes from the plugin's budget the bytes that the host needs for the call's input and output, and waits
  /// for an instance, if it `may_wait`. The call began at `start` and has `input_bytes` of input. Errors:
  /// codes "busy", "timeout", "unloaded", "limit.total", and those of making an instance.
  [[nodiscard]] static Expected<Lease> take(std::shared_ptr<Generation> generation, uint64_t input_bytes,
                                            Generation::Clock::time_point start,
                                            std::chrono::milliseconds timeout, bool may_wait);
  Lease(Lease&&) noexcept = default;
  Lease& operator=(Lease&&) = delete;
  ~Lease();

  PluginInstance& operator*() const noexcept { return *instance_; }
  PluginInstance* operator->() const noexcept { return instance_.get(); }
  Generation& generation() const noexcept { return *generation_; }

private:
  using InstancePtr = InstancePool::InstancePtr;
  Lease(std::shared_ptr<Generation> generation, BudgetShare buffers, InstancePtr instance);

  std::shared_ptr<Generation> generation_; // null after a move
  BudgetShare buffers_;
  InstancePtr instance_;
  uint64_t fuel_before_;
};

} // namespace skerry::host
