// Runs one script file, in this process or in its own process.
#pragma once

#include "spec-tests/script_runner.hpp"
#include "spec-tests/tally.hpp"

#include <chrono>
#include <memory>
#include <string>

namespace skerry::spec {

/// Reads and runs the file in this process.
FileReport run_file(const std::string& path, const ScriptOptions& options);

/// The same in a child process.
class FileProcess {
public:
  using Clock = std::chrono::steady_clock;

  /// Starts the process. If that fails it has ended at once, and its report has the reason.
  FileProcess(std::string path, const ScriptOptions& options, std::chrono::seconds timeout);
  FileProcess(const FileProcess&) = delete;
  FileProcess& operator=(const FileProcess&) = delete;
  ~FileProcess();

  /// Readable when the child reports something or ends; -1 after it has ended.
  int fd() const { return fd_; }
  Clock::time_point deadline() const { return deadline_; }
  /// Reads the available reports; kills the child if its time is up. True if it has ended.
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
