// One script file, in this process or in one of its own.
#pragma once

#include "spec-tests/script_runner.hpp"
#include "spec-tests/tally.hpp"

#include <chrono>
#include <memory>
#include <string>

namespace skerry::spec {

/// Reads and runs the file here.
FileReport run_file(const std::string& path, const ScriptOptions& options);

/// The same in a child process.
class FileProcess {
public:
  using Clock = std::chrono::steady_clock;

  /// Starts it. When that fails the process is over at once and its report says why.
  FileProcess(std::string path, const ScriptOptions& options, std::chrono::seconds timeout);
  FileProcess(const FileProcess&) = delete;
  FileProcess& operator=(const FileProcess&) = delete;
  ~FileProcess();

  /// Readable when the child says something or ends; -1 when it is over.
  int fd() const { return fd_; }
  Clock::time_point deadline() const { return deadline_; }
  /// Takes what is there to read; kills the child when its time is up. True when it is over.
  bool poll();
  FileReport take_report() { return std::move(report_); }

private:
  struct Shared;
  [[noreturn]] void run_child(int fd, const ScriptOptions& options);
  void finish();
  void take_failures();
  void add_failure(const std::string& record);
  void end_badly(const std::string& kind, const std::string& what);

  FileReport report_;
  Shared* shared_ = nullptr; // written by the child
  int pid_ = -1;
  int fd_ = -1;
  bool timed_out_ = false;
  std::string received_;
  Clock::time_point deadline_;
};

} // namespace skerry::spec
