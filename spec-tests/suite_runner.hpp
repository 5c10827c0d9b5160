// Runs many scripts, each in its own process, so that a script that crashes or hangs does not end the run.
#pragma once

#include "skerry/config.hpp"
#include "skerry/error.hpp"
#include "spec-tests/expectations.hpp"
#include "spec-tests/tally.hpp"

#include <chrono>
#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace skerry::spec {

struct SuiteOptions {
  Config config;
  Expectations expectations;
  std::optional<uint32_t> line;
  bool foreign = false; // see ScriptOptions
  unsigned jobs = 1;
  std::chrono::nanoseconds timeout = std::chrono::seconds(120); // for a file; its process is killed then
  bool isolate = true;                           // false: all files run in this process, for a debugger
  std::function<void(size_t finished)> progress; // if set, called about once a second, or more often
};

/// Returns the script files that `paths` name, sorted: a file stands for itself, "-" for standard input, a
/// folder for all *.wast files in it and its subfolders. Leaves out files whose path does not contain
/// `filter`. Errors: io.
Result<std::vector<std::string>> find_scripts(const std::vector<std::string>& paths,
                                              const std::string& filter);

/// Runs the files, and returns their reports in the order of `files`. Calls `done` for each file in the
/// same order, as soon as this file and all files before it have ended.
std::vector<FileReport> run_suite(const std::vector<std::string>& files, const SuiteOptions& options,
                                  const std::function<void(const FileReport&)>& done);

} // namespace skerry::spec
