#include "host/background.hpp"

#include <sys/resource.h>

#include <algorithm>
#include <system_error>

namespace skerry::host {

bool Background::run(std::function<void()> task) {
  Threads ended;
  std::unique_lock lock(mutex_);
  if (stopped_) return false;
  ended = take_ended();
  try {
    threads_.emplace_back([this, task] {
      task();
      std::lock_guard done(mutex_);
      ended_.push_back(std::this_thread::get_id());
    });
  } catch (const std::system_error&) {
    lock.unlock();
    task();
    lock.lock();
  }
  lock.unlock();
  for (std::thread& thread : ended) thread.join();
  return true;
}

Background::Threads Background::take_ended() {
  Threads taken;
  for (auto thread = threads_.begin(); thread != threads_.end();) {
    auto next = std::next(thread);
    if (std::ranges::find(ended_, thread->get_id()) != ended_.end())
      taken.splice(taken.end(), threads_, thread);
    thread = next;
  }
  ended_.clear();
  return taken;
}

void run_with_low_priority(const std::function<void()>& work) {
  constexpr int yielding = 10; // of 0 to 19
  try {
    std::thread([&] {
      // Linux: of this thread. What cannot be had is done without.
      if (const int own = getpriority(PRIO_PROCESS, 0); own < yielding)
        (void)setpriority(PRIO_PROCESS, 0, yielding);
      work();
    }).join();
  } catch (const std::system_error&) {
    work();
  }
}

void Background::stop() {
  Threads all;
  {
    std::lock_guard lock(mutex_);
    stopped_ = true;
    all.swap(threads_);
  }
  for (std::thread& thread : all) thread.join();
}

} // namespace skerry::host
