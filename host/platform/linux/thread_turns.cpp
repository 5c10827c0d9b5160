// Shortens a thread's time slices with sched_setattr(2), which Linux supports from version 6.12 on.
#include "host/platform/thread_turns.hpp"

#include <sched.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cstdint>

namespace skerry::platform {

namespace {

/// The argument of the system call. It is declared here because the kernel's header conflicts with a header
/// of the C library.
struct SchedulingRequest {
  uint32_t size = sizeof(SchedulingRequest);
  uint32_t policy = SCHED_OTHER;
  uint64_t flags = 0;
  int32_t nice = 0;
  uint32_t priority = 0;
  uint64_t runtime_ns = 0, deadline_ns = 0, period_ns = 0;
};

} // namespace

void take_short_turns() noexcept {
  constexpr uint64_t turn_ns = 100'000;               // the shortest time slice that Linux supports
  if (::sched_getscheduler(0) != SCHED_OTHER) return; // another policy would be a lower priority
  SchedulingRequest wanted;
  wanted.nice = ::getpriority(PRIO_PROCESS, 0); // on Linux, that of the calling thread
  wanted.runtime_ns = turn_ns;
  (void)::syscall(SYS_sched_setattr, 0, &wanted, 0U);
}

} // namespace skerry::platform
