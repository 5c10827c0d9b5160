// Runs many scripts, each in its own process: a crash or a hang in one does not end the run.
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
  unsigned jobs = 1;
  std::chrono::seconds timeout{120}; // per file; after it the file's process is killed
  bool isolate = true;               // false: in this process, for a debugger
};

/// Lists files as given and *.wast files in folders, sorted. Only paths that contain `filter`. Errors: io.
Result<std::vector<std::string>> find_scripts(const std::vector<std::string>& paths,
                                              const std::string& filter);

/// `done` is called for each file in order, as soon as it and all files before it have ended.
std::vector<FileReport> run_suite(const std::vector<std::string>& files, const SuiteOptions& options,
                                  const std::function<void(const FileReport&)>& done);

} // namespace skerry::spec
