#include "host/server/lane.hpp"

#include "host/support/out_of_memory.hpp"

#include <utility>

namespace skerry::host::server {

Lane::~Lane() {
  std::list<std::thread> threads;
  {
    const Lock lock(mutex_);
    stopping_ = true;
    threads.swap(threads_);
    wake_.notify_all();
  }
  for (std::thread& thread : threads) thread.join();
}

/// Returns false if the lane has no thread and cannot start one.
bool Lane::start_thread_if_needed() {
  if (free_ >= tasks_.size() || threads_.size() >= max_threads_) return true;
  const bool started = unless_out_of_memory(
      [&] {
        mutex_.is_held();
        threads_.push_back(start_thread([this] { work(); }));
        return true;
      },
      [] { return false; });
  return started || !threads_.empty();
}

void Lane::run(Task task) {
  Lock lock(mutex_);
  tasks_.push_back(std::move(task));
  if (start_thread_if_needed()) return wake_.notify_one();
  Task own = std::move(tasks_.back());
  tasks_.pop_back();
  lock.unlock();
  own();
}

void Lane::work() {
  Lock lock(mutex_);
  for (;;) {
    ++free_;
    while (tasks_.empty() && !stopping_) wake_.wait(lock);
    --free_;
    if (tasks_.empty()) return;
    {
      const Task task = std::move(tasks_.front());
      tasks_.pop_front();
      lock.unlock();
      task();
    }
    lock.lock();
  }
}

} // namespace skerry::host::server
