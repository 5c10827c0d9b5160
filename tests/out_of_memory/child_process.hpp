// Runs work in a child process with little address space.
#pragma once

#include "tests/catch.hpp"
#include "tests/support/emulation.hpp"

#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string>

namespace skerry::test {

/// True if the address space cannot be limited; prints why.
inline bool cannot_limit_address_space() {
#if defined(SKERRY_TEST_SANITIZED)
  WARN("skipped: the sanitizers reserve more address space than any limit leaves");
  return true;
#else
  return cannot_be_emulated("does not apply RLIMIT_AS to the program");
#endif
}

namespace detail {

inline uint64_t address_space_in_use() {
  unsigned long pages = 0;
  std::FILE* file = std::fopen("/proc/self/statm", "r");
  if (file == nullptr || std::fscanf(file, "%lu", &pages) != 1) std::abort();
  std::fclose(file);
  return uint64_t{pages} * static_cast<uint64_t>(sysconf(_SC_PAGESIZE));
}

/// The stack grows by itself, and a process whose stack cannot grow is killed. So this much of it is touched
/// before.
[[gnu::noinline]] inline void touch_stack() {
  volatile char room[512 << 10];
  for (size_t at = 0; at < sizeof room; at += 1024) room[at] = 0;
}

template <class Work> [[noreturn]] void run_limited(uint64_t kib, int output, const Work& work) {
  touch_stack();
  const rlim_t limit = address_space_in_use() + (kib << 10);
  const rlimit limits{limit, limit};
  if (setrlimit(RLIMIT_AS, &limits) != 0) _exit(2);
  const std::string wrong = work();
  if (!wrong.empty()) (void)!write(output, wrong.data(), wrong.size());
  _exit(wrong.empty() ? 0 : 1);
}

inline std::string read_all(int fd) {
  std::string text;
  char buffer[512];
  for (ssize_t count; (count = read(fd, buffer, sizeof buffer)) > 0;)
    text.append(buffer, static_cast<size_t>(count));
  return text;
}

} // namespace detail

/// Runs `work` in a child with `kib` more address space than it has now. Returns the text that `work`
/// returned, or how the child ended instead.
template <class Work> std::string in_limited_child(uint64_t kib, const Work& work) {
  int ends[2];
  if (pipe(ends) != 0) return "no pipe";
  const pid_t child = fork();
  if (child == 0) {
    close(ends[0]);
    detail::run_limited(kib, ends[1], work);
  }
  close(ends[1]);
  std::string said = detail::read_all(ends[0]);
  close(ends[0]);
  int status = 0;
  if (child < 0 || waitpid(child, &status, 0) != child) return "no child";
  if (WIFSIGNALED(status)) return "killed by signal " + std::to_string(WTERMSIG(status));
  if (WEXITSTATUS(status) != 0 && said.empty()) return "exit status " + std::to_string(WEXITSTATUS(status));
  return said;
}

} // namespace skerry::test
