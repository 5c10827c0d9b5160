// A mutex, a lock and a condition variable that clang's thread-safety analysis understands. Internal.
#pragma once

#include <chrono>
#include <condition_variable>
#include <mutex>

// https://clang.llvm.org/docs/ThreadSafetyAnalysis.html
#if defined(__clang__)
#define SKERRY_THREAD_SAFETY(attribute) __attribute__((attribute))
#else
#define SKERRY_THREAD_SAFETY(attribute)
#endif
/// Marks a member that may only be accessed with this mutex held.
#define SKERRY_GUARDED_BY(mutex) SKERRY_THREAD_SAFETY(guarded_by(mutex))
/// Marks a function that may only be called with this mutex held.
#define SKERRY_REQUIRES(mutex) SKERRY_THREAD_SAFETY(requires_capability(mutex))

namespace skerry::host {

class SKERRY_THREAD_SAFETY(capability("mutex")) Mutex {
public:
  void lock() SKERRY_THREAD_SAFETY(acquire_capability()) { mutex_.lock(); }
  void unlock() SKERRY_THREAD_SAFETY(release_capability()) { mutex_.unlock(); }
  /// Tells the analysis that the mutex is held. Used in lambdas that are only called while the mutex is held,
  /// because the analysis does not know when a lambda is called.
  void is_held() const SKERRY_THREAD_SAFETY(assert_capability(this)) {}

private:
  friend class Lock;
  std::mutex mutex_;
};

/// Locks a mutex, and unlocks it on destruction. The mutex can be unlocked and locked again in between.
class SKERRY_THREAD_SAFETY(scoped_lockable) Lock {
public:
  explicit Lock(Mutex& mutex) SKERRY_THREAD_SAFETY(acquire_capability(mutex)) : lock_(mutex.mutex_) {}
  ~Lock() SKERRY_THREAD_SAFETY(release_capability()) = default;
  Lock(const Lock&) = delete;
  Lock& operator=(const Lock&) = delete;
  void lock() SKERRY_THREAD_SAFETY(acquire_capability()) { lock_.lock(); }
  void unlock() SKERRY_THREAD_SAFETY(release_capability()) { lock_.unlock(); }

private:
  friend class Condition;
  std::unique_lock<std::mutex> lock_;
};

/// A condition variable. Waits may wake spuriously, so callers wait in a loop that checks the condition.
class Condition {
public:
  void wait(Lock& lock) { condition_.wait(lock.lock_); }
  /// Waits at most until `end`. Returns false if `end` has passed.
  bool wait_until(Lock& lock, std::chrono::steady_clock::time_point end) {
    return condition_.wait_until(lock.lock_, end) == std::cv_status::no_timeout;
  }
  void notify_one() noexcept { condition_.notify_one(); }
  void notify_all() noexcept { condition_.notify_all(); }

private:
  std::condition_variable condition_;
};

} // namespace skerry::host
