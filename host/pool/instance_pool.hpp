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
/// size. A free instance goes directly to the caller that has waited longest, so no caller is overtaken. Each
/// waiting caller has its own condition variable. Thread-safe. Callers' threads make and destroy instances,
/// without holding a lock.
class InstancePool {
public:
  using Clock = std::chrono::steady_clock;
  using InstancePtr = std::unique_ptr<PluginInstance>;
  using Make = std::function<Expected<InstancePtr>()>;
  enum class Refused : uint8_t { late, full, closed };
  using Failure = std::variant<Refused, PluginError>; ///< or why no instance could be made

  /// The caller must have taken one instance from `cap` for `first`. The pool owns that place until it is
  /// closed.
  InstancePool(InstancePtr first, uint32_t size, uint32_t max_waiting, Make make,
               std::shared_ptr<InstanceCap> cap);
  ~InstancePool();
  InstancePool(const InstancePool&) = delete;
  InstancePool& operator=(const InstancePool&) = delete;

  /// Waits for an instance until `deadline`. The caller then has exclusive use of it.
  [[nodiscard]] skerry::Expected<InstancePtr, Failure> acquire(Clock::time_point deadline);
  /// Gives back an instance that was reset, or null if it had to be discarded.
  void release(InstancePtr instance) noexcept;

  /// Called by a caller that will not use its instance for a while. Neither `drain` nor `close` waits for a
  /// parked instance.
  void park();
  /// Called before a parked instance is used again. Returns false if the pool was closed with
  /// `refuse_parked`; the instance can then only be given back.
  bool unpark();

  /// Changes the pool's size. Additional instances are made on demand. Surplus idle instances are destroyed
  /// now, surplus busy ones when they are given back.
  void resize(uint32_t size);
  /// Rejects new callers, and returns when all callers that have an instance or wait for one are done.
  /// Callers keep their parked instances and may resume them.
  void drain();
  /// Rejects new and waiting callers; does not wait.
  void stop_admitting();
  /// Like `drain`, but also rejects waiting callers. Returns the idle instances; closing again returns none.
  /// With `refuse_parked`, callers with a parked instance are rejected too.
  std::vector<InstancePtr> close(bool refuse_parked = true);
  PoolUsage usage() const;

private:
  struct Waiter {
    Condition wake;
    bool served = false; // with `instance`; if that is null, with permission to make one
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
  Condition unused_; // notified when no instance is in use and no caller waits
  /// The instance used last is taken first, because its memory is in the caches.
  std::vector<InstancePtr> idle_ SKERRY_GUARDED_BY(mutex_);
  std::deque<Waiter*> waiting_ SKERRY_GUARDED_BY(mutex_);
  uint32_t size_ SKERRY_GUARDED_BY(mutex_);
  uint32_t existing_ SKERRY_GUARDED_BY(mutex_) = 1; // idle, in use, parked, or being made
  uint32_t parked_ SKERRY_GUARDED_BY(mutex_) = 0;
  bool closed_ SKERRY_GUARDED_BY(mutex_) = false;
  bool ended_ SKERRY_GUARDED_BY(mutex_) = false;         // instances that are given back are destroyed
  bool refuse_parked_ SKERRY_GUARDED_BY(mutex_) = false; // parked instances can no longer be used
  bool gave_up_ SKERRY_GUARDED_BY(mutex_) = false;       // the pool's own place under the host's cap
};

} // namespace skerry::host
