#include "host/background.hpp"

#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <cstdint>
#include <system_error>

namespace skerry::host {

bool Background::run(const std::function<void()>& task) {
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

namespace {

/// What sched_setattr(2) takes; its header cannot be included beside the C library's.
struct SchedulingRequest {
  uint32_t size = sizeof(SchedulingRequest);
  uint32_t policy = 0; // SCHED_OTHER
  uint64_t flags = 0;
  int32_t nice = 0;
  uint32_t priority = 0;
  uint64_t runtime_ns = 0, deadline_ns = 0, period_ns = 0;
};

/// Of this thread (Linux has them for each). A share of the processor, and turns as short as the kernel gives
/// them, which it does from 6.12 on. What cannot be had is done without.
void lower_own_priority() {
  constexpr int yielding = 10; // of 0 to 19
  constexpr uint64_t turn_ns = 100'000;
  SchedulingRequest wanted;
  wanted.nice = std::max(getpriority(PRIO_PROCESS, 0), yielding);
  wanted.runtime_ns = turn_ns;
  (void)syscall(SYS_sched_setattr, 0, &wanted, 0U);
}

} // namespace

void run_with_low_priority(const std::function<void()>& work) {
  try {
    std::thread([&] {
      lower_own_priority();
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
