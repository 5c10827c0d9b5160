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

/// Reads and runs a script file in this process.
FileReport run_file(const std::string& path, const ScriptOptions& options);

/// Reads and runs a script file in a child process.
class FileProcess {
public:
  using Clock = std::chrono::steady_clock;

  /// Starts the child process. If it cannot be started, this object is in the same state as after the end
  /// of a child, and the report has the reason.
  FileProcess(std::string path, const ScriptOptions& options, std::chrono::nanoseconds timeout);
  FileProcess(const FileProcess&) = delete;
  FileProcess& operator=(const FileProcess&) = delete;

  /// Returns the child process. After the process has ended, the returned object has no child.
  const platform::ChildProcess& child() const { return child_; }
  Clock::time_point deadline() const { return deadline_; }
  /// Takes what the child has reported so far, and kills the child if its deadline has passed.
  /// Returns true if the child has ended.
  bool poll();
  FileReport take_report() { return std::move(report_); }

private:
  struct Shared;
  std::error_code start(const ScriptOptions& options);
  void run_in_child(const platform::ChildProcess::Send& send, const ScriptOptions& options);
  void finish();
  void take_records();
  void take_record(const std::string& record);
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
