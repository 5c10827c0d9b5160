#include "host/support/event_queue.hpp"

#include "host/support/callback.hpp"
#include "host/support/out_of_memory.hpp"

namespace skerry::host {

EventQueue::~EventQueue() {
  stop();
  if (thread_.joinable()) thread_.join();
}

void EventQueue::push(ReloadEvent event) noexcept {
  if (!callback_) return;
  const Lock lock(mutex_);
  if (stopping_) return;
  event.number = ++last_number_;
  unless_out_of_memory(
      [&] {
        mutex_.is_held();
        if (!thread_.joinable()) thread_ = start_thread([this] { run(); });
        events_.push_back(std::move(event));
      },
      [] {});
  wake_.notify_one();
}

void EventQueue::stop() {
  Lock lock(mutex_);
  stopping_ = true;
  wake_.notify_one();
  if (!thread_.joinable() || thread_.get_id() == std::this_thread::get_id()) return;
  while (!ended_) told_.wait(lock);
}

void EventQueue::deliver(const ReloadEvent& event) noexcept {
  const auto complain = [&](const std::string& text) {
    log_.line("skerry: on_reload threw an exception at event " + std::to_string(event.number) + ": " + text);
  };
  unless_out_of_memory([&] { unless_thrown([&] { callback_(event); }, complain); }, [] {});
}

void EventQueue::run() {
  Lock lock(mutex_);
  for (;;) {
    while (!stopping_ && events_.empty()) wake_.wait(lock);
    if (events_.empty()) break;
    const ReloadEvent event = std::move(events_.front());
    events_.pop_front();
    lock.unlock();
    deliver(event);
    lock.lock();
  }
  ended_ = true;
  told_.notify_all();
}

} // namespace skerry::host
