// Limits the number of instances of all plugins of a host together. Internal.
#pragma once

#include "skerry/host/manifest.hpp"
#include "skerry/host/plugin_error.hpp"

#include <atomic>
#include <cstdint>
#include <memory>
#include <utility>

namespace skerry::host {

/// Has `allowed` places, and counts how many of them are taken. Each instance takes one place. Thread-safe.
class InstanceCap {
public:
  explicit InstanceCap(uint32_t allowed) : allowed_(allowed) {}
  bool take() noexcept;
  void give_back() noexcept { taken_.fetch_sub(1, std::memory_order_relaxed); }
  uint32_t allowed() const noexcept { return allowed_; }

private:
  const uint32_t allowed_;
  std::atomic<uint32_t> taken_{0};
};

/// Owns a place for one instance under the host's cap. Gives the place back on destruction, unless hand_on
/// was called.
class InstancePlace {
public:
  /// Takes one place. Errors: phase instantiate, code "limit.instances".
  [[nodiscard]] static Expected<InstancePlace> take(const Manifest& manifest,
                                                    std::shared_ptr<InstanceCap> cap);
  InstancePlace(InstancePlace&& other) noexcept = default;
  InstancePlace& operator=(InstancePlace&&) = delete;
  ~InstancePlace() {
    if (cap_) cap_->give_back();
  }
  const std::shared_ptr<InstanceCap>& cap() const noexcept { return cap_; }
  /// Called when another object becomes the owner of the place. That object must then give the place back.
  void hand_on() noexcept { cap_.reset(); }

private:
  explicit InstancePlace(std::shared_ptr<InstanceCap> cap) noexcept : cap_(std::move(cap)) {}
  std::shared_ptr<InstanceCap> cap_;
};

} // namespace skerry::host
