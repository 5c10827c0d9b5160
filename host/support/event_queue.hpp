// Delivers events to the embedder's callback. Internal.
#pragma once

#include "host/support/log_sink.hpp"
#include "host/support/mutex.hpp"
#include "skerry/host/reload.hpp"

#include <deque>
#include <thread>

namespace skerry::host {

/// Numbers events in the order of `push`, and passes them to the callback in that order. The callback runs on
/// the queue's own thread, which is started at the first event. `push` never waits for the callback.
/// Thread-safe.
class EventQueue {
public:
  /// If the callback is empty, events are dropped. If the callback throws, the event counts as delivered, and
  /// `log` gets a line.
  EventQueue(ReloadCallback callback, LogSink& log) : callback_(std::move(callback)), log_(log) {}
  ~EventQueue();
  EventQueue(const EventQueue&) = delete;
  EventQueue& operator=(const EventQueue&) = delete;

  /// Adds an event; does nothing after `stop`. If the system has no memory or thread left for the event, the
  /// event is lost and its number is skipped.
  void push(ReloadEvent event) noexcept;
  /// Prevents new events, and returns when the callback has returned for all pushed events. When called from
  /// the callback, returns at once.
  void stop();

private:
  void run();
  void deliver(const ReloadEvent& event) noexcept;

  const ReloadCallback callback_;
  LogSink& log_;
  Mutex mutex_;
  Condition wake_, told_;
  std::deque<ReloadEvent> events_ SKERRY_GUARDED_BY(mutex_);
  uint64_t last_number_ SKERRY_GUARDED_BY(mutex_) = 0;
  bool stopping_ SKERRY_GUARDED_BY(mutex_) = false, ended_ SKERRY_GUARDED_BY(mutex_) = false;
  std::thread thread_; // started while mutex_ is held; joined after the last push
};

} // namespace skerry::host
