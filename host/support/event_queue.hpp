// Delivers events to the embedder's callback. Internal.
#pragma once

#include "host/support/mutex.hpp"
#include "skerry/host/reload.hpp"

#include <deque>
#include <thread>

namespace skerry::host {

/// Numbers events as they come and gives them to the callback in that order, on a thread of its own, which is
/// started with the first. Pushing never waits. Thread-safe.
class EventQueue {
public:
  /// Without a callback events go nowhere.
  explicit EventQueue(ReloadCallback callback) : callback_(std::move(callback)) {}
  ~EventQueue();
  EventQueue(const EventQueue&) = delete;
  EventQueue& operator=(const EventQueue&) = delete;

  /// After stop: ignored. An event that there is no memory or thread for is lost; its number is left out.
  void push(ReloadEvent event) noexcept;
  /// Returns when all that was pushed has been told; called from the callback: at once.
  void stop();

private:
  void run();

  const ReloadCallback callback_;
  Mutex mutex_;
  Condition wake_, told_;
  std::deque<ReloadEvent> events_ SKERRY_GUARDED_BY(mutex_);
  uint64_t last_number_ SKERRY_GUARDED_BY(mutex_) = 0;
  bool stopping_ SKERRY_GUARDED_BY(mutex_) = false, ended_ SKERRY_GUARDED_BY(mutex_) = false;
  std::thread thread_; // started with the mutex held, and joined when nothing is pushed any more
};

} // namespace skerry::host
