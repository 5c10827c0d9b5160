// The instances of one plugin, and the callers that wait for them. Internal.
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

/// Lends instances to callers in the order of their requests. Instances are made on demand, up to the pool's
/// size. A free instance goes directly to the caller that has waited longest, so no caller overtakes another.
/// Each waiting caller has its own condition variable. Instances are made and destroyed on the callers'
/// threads, without holding a lock. Thread-safe.
class InstancePool {
public:
  using Clock = std::chrono::steady_clock;
  using InstancePtr = std::unique_ptr<PluginInstance>;
  using Make = std::function<Expected<InstancePtr>()>;
  enum class Refused : uint8_t { late, full, closed };
  using Failure = std::variant<Refused, PluginError>; ///< PluginError: no instance could be made

  /// The caller must have taken a place for `first` from `cap`. The pool becomes the owner of this place, and
  /// gives the place back after the pool is closed.
  InstancePool(InstancePtr first, uint32_t size, uint32_t max_waiting, Make make,
               std::shared_ptr<InstanceCap> cap);
  ~InstancePool();
  InstancePool(const InstancePool&) = delete;
  InstancePool& operator=(const InstancePool&) = delete;

  /// Waits for an instance until `deadline`. The caller then has exclusive use of the instance until it calls
  /// `release`.
  [[nodiscard]] skerry::Expected<InstancePtr, Failure> acquire(Clock::time_point deadline);
  /// Gives back a lent instance. `instance` is null if the caller has discarded the instance instead.
  void release(InstancePtr instance) noexcept;

  /// Counts one lent instance as parked: its caller will not use it for a while. Neither `drain` nor `close`
  /// waits for a parked instance.
  void park();
  /// Called before a parked instance is used again. Returns false if the pool was closed with
  /// `refuse_parked`; the caller may then only give the instance back.
  bool unpark();

  /// Changes the maximum number of instances. Additional instances are made on demand. Surplus idle instances
  /// are destroyed now. Surplus instances in use are destroyed when they are given back.
  void resize(uint32_t size);
  /// Rejects new callers, and returns when no caller uses an instance or waits for one. Callers keep their
  /// parked instances and may resume them.
  void drain();
  /// Rejects new and waiting callers; does not wait.
  void stop_admitting();
  /// Like `drain`, but also rejects waiting callers. With `refuse_parked`, callers cannot resume parked
  /// instances either. Returns the idle instances; closing again returns none.
  std::vector<InstancePtr> close(bool refuse_parked = true);
  PoolUsage usage() const;
  uint32_t size() const;

private:
  struct Waiter {
    Condition wake;
    bool served = false; // has `instance` or, if that is null, may make an instance
    bool refused = false;
    InstancePtr instance;
  };

  bool may_make() const SKERRY_REQUIRES(mutex_) { return existing_ < size_; }
  [[nodiscard]] skerry::Expected<InstancePtr, Failure> make_one();
  [[nodiscard]] skerry::Expected<InstancePtr, Failure> wait(Lock& lock, Clock::time_point deadline)
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
  Condition unused_; // notified in a closed pool when an instance comes back or is parked, or a wait ends
  /// The instance used last is lent first, because its memory is still in the processor's caches.
  std::vector<InstancePtr> idle_ SKERRY_GUARDED_BY(mutex_);
  std::deque<Waiter*> waiting_ SKERRY_GUARDED_BY(mutex_);
  uint32_t size_ SKERRY_GUARDED_BY(mutex_);
  uint32_t existing_ SKERRY_GUARDED_BY(mutex_) = 1; // idle, in use, parked, or being made
  uint32_t parked_ SKERRY_GUARDED_BY(mutex_) = 0;
  bool closed_ SKERRY_GUARDED_BY(mutex_) = false;
  bool ended_ SKERRY_GUARDED_BY(mutex_) = false;         // from now on, returned instances are destroyed
  bool refuse_parked_ SKERRY_GUARDED_BY(mutex_) = false; // parked instances can no longer be used
  bool gave_up_ SKERRY_GUARDED_BY(mutex_) = false;       // the last place under the host's cap was given back
};

} // namespace skerry::host
