#include "host/support/background.hpp"

#include "host/support/out_of_memory.hpp"
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <cstdint>

namespace skerry::host {

bool Background::run(const std::function<void()>& task) {
  Threads ended;
  bool has_thread = false;
  {
    const Lock lock(mutex_);
    if (stopped_) return false;
    ended = take_ended();
    has_thread = unless_out_of_memory(
        [&] {
          mutex_.is_held();
          Threads added(1);
          Thread& own = added.front();
          own.thread = start_thread([this, task, &own] {
            task();
            const Lock done(mutex_);
            own.has_ended = true;
          });
          threads_.splice(threads_.end(), added);
          return true;
        },
        [] { return false; });
  }
  if (!has_thread) task();
  for (Thread& one : ended) one.thread.join();
  return true;
}

Background::Threads Background::take_ended() noexcept {
  Threads taken;
  for (auto thread = threads_.begin(); thread != threads_.end();) {
    auto next = std::next(thread);
    if (thread->has_ended) taken.splice(taken.end(), threads_, thread);
    thread = next;
  }
  return taken;
}

namespace {

/// The argument of the system call sched_setattr(2). It is declared here because the kernel's header
/// conflicts with a header of the C library.
struct SchedulingRequest {
  uint32_t size = sizeof(SchedulingRequest);
  uint32_t policy = 0; // SCHED_OTHER
  uint64_t flags = 0;
  int32_t nice = 0;
  uint32_t priority = 0;
  uint64_t runtime_ns = 0, deadline_ns = 0, period_ns = 0;
};

/// Lowers the priority of the calling thread; on Linux each thread has its own priority. Requests a smaller
/// share of the processor, and the shortest time slices. (Linux ignores the request for time slices before
/// version 6.12.) Errors are ignored.
void lower_own_priority() {
  constexpr int yielding = 10; // the niceness, from 0 to 19
  constexpr uint64_t turn_ns = 100'000;
  SchedulingRequest wanted;
  wanted.nice = std::max(getpriority(PRIO_PROCESS, 0), yielding);
  wanted.runtime_ns = turn_ns;
  (void)syscall(SYS_sched_setattr, 0, &wanted, 0U);
}

} // namespace

void run_with_low_priority(const std::function<void()>& work) noexcept {
  const bool has_thread = unless_out_of_memory(
      [&] {
        start_thread([&] {
          lower_own_priority();
          work();
        }).join();
        return true;
      },
      [] { return false; });
  if (!has_thread) work();
}

void Background::stop() {
  Threads all;
  {
    const Lock lock(mutex_);
    stopped_ = true;
    all.swap(threads_);
  }
  for (Thread& one : all) one.thread.join();
}

} // namespace skerry::host
