// A mutex, its lock and its condition, such that clang checks what each mutex guards. Internal.
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
/// Of a member: it is read and written with this mutex held only.
#define SKERRY_GUARDED_BY(mutex) SKERRY_THREAD_SAFETY(guarded_by(mutex))
/// Of a function: it is called with this mutex held.
#define SKERRY_REQUIRES(mutex) SKERRY_THREAD_SAFETY(requires_capability(mutex))

namespace skerry::host {

class SKERRY_THREAD_SAFETY(capability("mutex")) Mutex {
public:
  void lock() SKERRY_THREAD_SAFETY(acquire_capability()) { mutex_.lock(); }
  void unlock() SKERRY_THREAD_SAFETY(release_capability()) { mutex_.unlock(); }
  /// Tells the analysis that it is held, in a lambda that runs while it is.
  void is_held() const SKERRY_THREAD_SAFETY(assert_capability(this)) {}

private:
  friend class Lock;
  std::mutex mutex_;
};

/// Holds a mutex until it is destroyed, but for the time between `unlock` and `lock`.
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

/// Waits end without a reason, too: they are made in a loop that looks at what is waited for.
class Condition {
public:
  void wait(Lock& lock) { condition_.wait(lock.lock_); }
  /// False when the time is over.
  bool wait_until(Lock& lock, std::chrono::steady_clock::time_point end) {
    return condition_.wait_until(lock.lock_, end) == std::cv_status::no_timeout;
  }
  void notify_one() noexcept { condition_.notify_one(); }
  void notify_all() noexcept { condition_.notify_all(); }

private:
  std::condition_variable condition_;
};

} // namespace skerry::host
