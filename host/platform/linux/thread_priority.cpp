// Lowers the priority of a thread with sched_setattr(2). On Linux each thread has its own niceness.
#include "host/platform/thread_priority.hpp"

#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <cstdint>

namespace skerry::platform {

namespace {

/// The argument of the system call. It is declared here because the kernel's header conflicts with a header
/// of the C library.
struct SchedulingRequest {
  uint32_t size = sizeof(SchedulingRequest);
  uint32_t policy = 0; // SCHED_OTHER
  uint64_t flags = 0;
  int32_t nice = 0;
  uint32_t priority = 0;
  uint64_t runtime_ns = 0, deadline_ns = 0, period_ns = 0;
};

} // namespace

void lower_own_priority() noexcept {
  constexpr int yielding = 10;          // the niceness, from 0 to 19
  constexpr uint64_t turn_ns = 100'000; // the shortest time slice, which Linux supports from version 6.12 on
  SchedulingRequest wanted;
  wanted.nice = std::max(::getpriority(PRIO_PROCESS, 0), yielding);
  wanted.runtime_ns = turn_ns;
  (void)::syscall(SYS_sched_setattr, 0, &wanted, 0U);
}

} // namespace skerry::platform
