// without_calls NAME,NAME… PROGRAM ARGUMENTS…: runs a program for which these system calls do not exist, as
// on an older kernel or in a strict sandbox. They fail with ENOSYS (seccomp). Exits with 77 if filters are
// forbidden.
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstring>
#include <string_view>
#include <vector>

namespace {

constexpr int any = -1;

/// A system call, and the value of an argument that is meant; `any` position: the call with all arguments.
struct Call {
  std::string_view name;
  long number;
  int argument = any;
  uint32_t value = 0;
};

struct ScanRequest {
  uint64_t fields[12];
};

constexpr Call calls[] = {
    {"openat2", SYS_openat2},
    {"preadv2", SYS_preadv2},
    {"pwritev2", SYS_pwritev2},
    {"getrandom", SYS_getrandom},
    {"fallocate", SYS_fallocate},
    {"sync_file_range", SYS_sync_file_range},
    {"memfd_create", SYS_memfd_create},
    {"mremap", SYS_mremap},
    {"inotify_init1", SYS_inotify_init1},
    {"sched_setattr", SYS_sched_setattr},
    {"pagemap_scan", SYS_ioctl, 1, static_cast<uint32_t>(_IOWR('f', 16, ScanRequest))},
    {"guard_install", SYS_madvise, 2, 102},
};

uint32_t offset_of_argument(int index) {
  const bool is_big = __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__;
  return static_cast<uint32_t>(offsetof(seccomp_data, args) + 8 * static_cast<size_t>(index) +
                               (is_big ? 4 : 0));
}

sock_filter load(uint32_t offset) { return BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offset); }
/// Skips the next `count` instructions unless the loaded value is `value`.
sock_filter skip_unless(uint32_t value, uint8_t count) {
  return BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, value, 0, count);
}
sock_filter finish(uint32_t action) { return BPF_STMT(BPF_RET | BPF_K, action); }

void forbid(std::vector<sock_filter>& filter, const Call& call) {
  const uint8_t rest = call.argument == any ? 1 : 3;
  filter.push_back(load(offsetof(seccomp_data, nr)));
  filter.push_back(skip_unless(static_cast<uint32_t>(call.number), rest));
  if (call.argument != any) {
    filter.push_back(load(offset_of_argument(call.argument)));
    filter.push_back(skip_unless(call.value, 1));
  }
  filter.push_back(finish(SECCOMP_RET_ERRNO | ENOSYS));
}

const Call* find(std::string_view name) {
  for (const Call& call : calls)
    if (call.name == name) return &call;
  return nullptr;
}

} // namespace

int main(int count, char** arguments) {
  if (count < 3) return std::fprintf(stderr, "usage: without_calls NAME,NAME… PROGRAM ARGUMENTS…\n"), 2;
  std::vector<sock_filter> filter;
  for (char* name = std::strtok(arguments[1], ","); name != nullptr; name = std::strtok(nullptr, ",")) {
    const Call* call = find(name);
    if (call == nullptr) return std::fprintf(stderr, "unknown system call %s\n", name), 2;
    forbid(filter, *call);
  }
  filter.push_back(finish(SECCOMP_RET_ALLOW));
  const sock_fprog program{static_cast<unsigned short>(filter.size()), filter.data()};
  if (::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0 ||
      ::prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) != 0) {
    std::fprintf(stderr, "skipped: this system forbids seccomp filters: %s\n", std::strerror(errno));
    return 77;
  }
  ::execv(arguments[2], arguments + 2);
  std::fprintf(stderr, "cannot run %s: %s\n", arguments[2], std::strerror(errno));
  return 2;
}
