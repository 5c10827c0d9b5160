// Runs one script file, in this process or in its own process.
#pragma once

#include "spec-tests/platform/child_process.hpp"
#include "spec-tests/platform/shared_memory.hpp"
#include "spec-tests/script_runner.hpp"
#include "spec-tests/tally.hpp"

#include <chrono>
#include <string>
#include <system_error>

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

  /// Has no child after the process has ended.
  const platform::ChildProcess& child() const { return child_; }
  Clock::time_point deadline() const { return deadline_; }
  /// Reads the available reports; kills the child if its time is up. True if it has ended.
  bool poll();
  FileReport take_report() { return std::move(report_); }

private:
  struct Shared;
  std::error_code start(const ScriptOptions& options);
  void run_in_child(const platform::ChildProcess::Send& send, const ScriptOptions& options);
  void finish();
  void take_failures();
  void add_failure(const std::string& record);
  void end_badly(const std::string& kind, const std::string& what);

  FileReport report_;
  platform::SharedMemory memory_;
  Shared* shared_ = nullptr; // in memory_; written by the child
  platform::ChildProcess child_;
  bool timed_out_ = false;
  std::string received_;
  Clock::time_point deadline_;
};

} // namespace skerry::spec
