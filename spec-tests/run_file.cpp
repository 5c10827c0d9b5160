#include "spec-tests/run_file.hpp"

#include "skerry/printable.hpp"

#include <cerrno>
#include <csignal>
#include <cstdio>
#include <cstring>
#include <fcntl.h>
#include <fstream>
#include <iterator>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>
#include <utility>

namespace skerry::spec {

namespace {

// The child sends records of line, kind and message. These separators cannot occur in them, because the
// fields are printable.
constexpr char field_end = '\x1f', record_end = '\x1e';

void write_all(int fd, const std::string& text) {
  size_t done = 0;
  while (done < text.size()) {
    ssize_t written = ::write(fd, text.data() + done, text.size() - done);
    if (written < 0 && errno != EINTR) return;
    if (written > 0) done += static_cast<size_t>(written);
  }
}

std::optional<std::string> read_file(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) return std::nullopt;
  return std::string(std::istreambuf_iterator<char>(file), {});
}

void run_script(const std::string& path, const ScriptOptions& options, ScriptObserver observer,
                Tallies& tallies) {
  auto text = read_file(path);
  if (!text) {
    ++tallies[wat::Command::Kind::broken].failed;
    return observer.failed({0, "io", "cannot read the file"});
  }
  ScriptRunner(options, std::move(observer)).run(wat::parse_script(*text), tallies);
}

} // namespace

FileReport run_file(const std::string& path, const ScriptOptions& options) {
  FileReport report;
  report.path = path;
  ScriptObserver observer{[](const wat::Command&) {},
                          [&](Failure failure) { report.failures.push_back(std::move(failure)); }};
  run_script(path, options, std::move(observer), report.tallies);
  return report;
}

/// Lives longer than the child.
struct FileProcess::Shared {
  Tallies tallies;
  uint32_t line = 0; // of the running command
};

FileProcess::FileProcess(std::string path, const ScriptOptions& options, std::chrono::seconds timeout)
    : deadline_(Clock::now() + timeout) {
  report_.path = std::move(path);
  void* memory = mmap(nullptr, sizeof(Shared), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  int fds[2] = {-1, -1};
  if (memory == MAP_FAILED || pipe2(fds, O_CLOEXEC) != 0) {
    report_.failures.push_back({0, "io", std::strerror(errno)});
    report_.crashed = true;
    if (memory != MAP_FAILED) munmap(memory, sizeof(Shared));
    return;
  }
  shared_ = new (memory) Shared;
  std::fflush(nullptr);
  pid_ = fork();
  if (pid_ == 0) {
    close(fds[0]);
    run_child(fds[1], options);
  }
  close(fds[1]);
  fd_ = fds[0];
  fcntl(fd_, F_SETFL, O_NONBLOCK); // the caller polls other processes too
  if (pid_ < 0) end_badly("io", std::strerror(errno));
}

FileProcess::~FileProcess() {
  if (pid_ > 0) {
    kill(pid_, SIGKILL);
    waitpid(pid_, nullptr, 0);
  }
  if (fd_ >= 0) close(fd_);
  if (shared_) munmap(shared_, sizeof(Shared));
}

void FileProcess::run_child(int fd, const ScriptOptions& options) {
  ScriptObserver observer;
  observer.before = [this](const wat::Command& command) { shared_->line = command.line; };
  observer.failed = [fd](const Failure& failure) {
    write_all(fd, std::to_string(failure.line) + field_end + failure.kind + field_end +
                      printable(failure.message, longest_printed_message) + record_end);
  };
  run_script(report_.path, options, std::move(observer), shared_->tallies);
  _exit(0);
}

bool FileProcess::poll() {
  if (fd_ < 0) return true;
  if (!timed_out_ && Clock::now() >= deadline_) {
    timed_out_ = true;
    kill(pid_, SIGKILL);
  }
  char buffer[65536];
  ssize_t count = ::read(fd_, buffer, sizeof buffer);
  if (count < 0 && (errno == EINTR || errno == EAGAIN)) return false;
  if (count > 0) {
    received_.append(buffer, static_cast<size_t>(count));
    take_failures();
    return false;
  }
  finish();
  return true;
}

void FileProcess::take_failures() {
  size_t start = 0;
  for (size_t end; (end = received_.find(record_end, start)) != std::string::npos; start = end + 1)
    add_failure(received_.substr(start, end - start));
  received_.erase(0, start);
}

void FileProcess::add_failure(const std::string& record) {
  size_t kind = record.find(field_end) + 1;
  size_t message = record.find(field_end, kind) + 1;
  if (kind == 0 || message == 0) return;
  auto line = static_cast<uint32_t>(std::strtoul(record.c_str(), nullptr, 10));
  report_.failures.push_back({line, record.substr(kind, message - kind - 1), record.substr(message)});
}

void FileProcess::finish() {
  int status = 0;
  while (waitpid(pid_, &status, 0) < 0 && errno == EINTR) {
  }
  pid_ = -1;
  report_.tallies = shared_->tallies;
  if (timed_out_) return end_badly("timeout", "killed at the time limit");
  if (WIFSIGNALED(status)) return end_badly("crash", strsignal(WTERMSIG(status)));
  if (WEXITSTATUS(status) != 0)
    return end_badly("crash", "exit status " + std::to_string(WEXITSTATUS(status)));
  close(std::exchange(fd_, -1));
}

void FileProcess::end_badly(const std::string& kind, const std::string& what) {
  report_.failures.push_back({shared_->line, kind, what});
  report_.crashed = true;
  ++report_.tallies[wat::Command::Kind::broken].failed;
  close(std::exchange(fd_, -1));
}

} // namespace skerry::spec
