// The instances of one plugin and the callers that wait for them. Internal.
#pragma once

#include "host/guest/plugin_instance.hpp"
#include "host/pool/instance_cap.hpp"
#include "host/support/mutex.hpp"

#include <chrono>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <variant>
#include <vector>

namespace skerry::host {

struct PoolUsage {
  uint32_t instances = 0, busy = 0, waiting = 0;
};

/// Gives instances to callers in the order in which they ask. Instances are made when they are first needed,
/// up to the pool's size. An instance that becomes free goes straight to the caller that waits longest, so
/// that nobody overtakes it; waiting is on a condition variable of the caller's own. Thread-safe; instances
/// are made and destroyed by the callers' threads, without a lock held.
class InstancePool {
public:
  using Clock = std::chrono::steady_clock;
  using InstancePtr = std::unique_ptr<PluginInstance>;
  using Make = std::function<Expected<InstancePtr>()>;
  enum class Refused : uint8_t { late, full, closed };
  using Failure = std::variant<Refused, PluginError>; ///< or why no instance could be made

  /// One instance of the cap is the pool's until it is closed, and must have been taken from it before.
  InstancePool(InstancePtr first, uint32_t size, uint32_t max_waiting, Make make,
               std::shared_ptr<InstanceCap> cap);
  ~InstancePool();
  InstancePool(const InstancePool&) = delete;
  InstancePool& operator=(const InstancePool&) = delete;

  /// Waits for an instance until `deadline`; the caller then has it to itself.
  [[nodiscard]] std::expected<InstancePtr, Failure> acquire(Clock::time_point deadline);
  /// Gives it back, clean; or null when it had to be thrown away.
  void release(InstancePtr instance) noexcept;

  /// Called by the owner of an instance that will not be used for a while: neither drain nor close waits for
  /// it.
  void park();
  /// Called before a parked instance is used again. False: the pool was closed, and the instance can only be
  /// given back.
  bool unpark();

  /// More instances are made when they are needed; of fewer, idle ones go now and busy ones when they are
  /// given back.
  void resize(uint32_t size);
  /// Rejects new callers, and returns when those that have an instance or wait for one are done. Parked
  /// instances stay with their callers, which may go on using them.
  void drain();
  /// Rejects new and waiting callers; does not wait.
  void stop_admitting();
  /// Like drain, but rejects the callers that wait. Returns the instances that are left; closing again
  /// returns none. `refuse_parked`: callers that parked an instance are rejected, too.
  std::vector<InstancePtr> close(bool refuse_parked = true);
  PoolUsage usage() const;

private:
  struct Waiter {
    Condition wake;
    bool served = false; // with `instance`, or, when that is null, leave to make one
    bool refused = false;
    InstancePtr instance;
  };

  bool may_make() const SKERRY_REQUIRES(mutex_) { return existing_ < size_; }
  [[nodiscard]] std::expected<InstancePtr, Failure> make_one();
  [[nodiscard]] std::expected<InstancePtr, Failure> wait(Lock& lock, Clock::time_point deadline)
      SKERRY_REQUIRES(mutex_);
  void serve_next() SKERRY_REQUIRES(mutex_);
  void serve(Waiter& waiter, InstancePtr instance) SKERRY_REQUIRES(mutex_);
  void refuse_all() SKERRY_REQUIRES(mutex_);
  void wait_until_unused(Lock& lock) SKERRY_REQUIRES(mutex_);
  void forget_instance() SKERRY_REQUIRES(mutex_);

  const Make make_;
  const std::shared_ptr<InstanceCap> cap_;
  const uint32_t max_waiting_;
  mutable Mutex mutex_;
  Condition unused_; // no instance is in use and no caller waits
  /// The one used last is taken first: its memory is in the caches.
  std::vector<InstancePtr> idle_ SKERRY_GUARDED_BY(mutex_);
  std::deque<Waiter*> waiting_ SKERRY_GUARDED_BY(mutex_);
  uint32_t size_ SKERRY_GUARDED_BY(mutex_);
  uint32_t existing_ SKERRY_GUARDED_BY(mutex_) = 1; // idle, in use, parked, or being made
  uint32_t parked_ SKERRY_GUARDED_BY(mutex_) = 0;
  bool closed_ SKERRY_GUARDED_BY(mutex_) = false;
  bool ended_ SKERRY_GUARDED_BY(mutex_) = false;         // what is given back is destroyed
  bool refuse_parked_ SKERRY_GUARDED_BY(mutex_) = false; // in use no more
  bool gave_up_ SKERRY_GUARDED_BY(mutex_) = false;       // its own place under the host's cap
};

} // namespace skerry::host
