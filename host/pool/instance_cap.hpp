// Limits the number of instances of all plugins of a host together. Internal.
#pragma once

#include "skerry/host/manifest.hpp"
#include "skerry/host/plugin_error.hpp"

#include <atomic>
#include <cstdint>
#include <memory>
#include <utility>

namespace skerry::host {

/// Counts the places for instances that are taken. Thread-safe.
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

/// Owns a place for one instance under the host's cap. Gives the place back on destruction, unless it was
/// handed on.
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
  /// Makes another object the owner of the place, which must then give the place back.
  void hand_on() noexcept { cap_.reset(); }

private:
  explicit InstancePlace(std::shared_ptr<InstanceCap> cap) noexcept : cap_(std::move(cap)) {}
  std::shared_ptr<InstanceCap> cap_;
};

} // namespace skerry::host
