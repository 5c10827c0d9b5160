// Brings events to the embedder's callback. Internal.
#pragma once

#include "skerry/host/reload.hpp"

#include <condition_variable>
#include <deque>
#include <mutex>
#include <thread>

namespace skerry::host {

/// Numbers events as they come and gives them to the callback in that order, on a thread of its own, which is
/// started with the first. Who pushes never waits. Thread-safe.
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
  std::mutex mutex_; // guards what follows
  std::condition_variable wake_, told_;
  std::deque<ReloadEvent> events_;
  uint64_t last_number_ = 0;
  bool stopping_ = false, ended_ = false;
  std::thread thread_;
};

} // namespace skerry::host
