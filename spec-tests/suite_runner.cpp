#include "spec-tests/suite_runner.hpp"

#include "skerry/printable.hpp"
#include "spec-tests/run_file.hpp"

#include <algorithm>
#include <filesystem>
#include <memory>

namespace skerry::spec {

namespace {

namespace fs = std::filesystem;

ScriptOptions script_options(const std::string& path, const SuiteOptions& options) {
  return {options.config, options.expectations.skipped_lines(path), options.line, options.foreign};
}

/// Waits until one of the processes reports something, ends or reaches its deadline, but not longer than a
/// second.
void wait_for_any(const std::vector<std::unique_ptr<FileProcess>>& running) {
  using Clock = FileProcess::Clock;
  using std::chrono::milliseconds;
  std::vector<const platform::ChildProcess*> children;
  auto next = Clock::time_point::max();
  for (const auto& process : running) {
    if (!process) continue;
    children.push_back(&process->child());
    next = std::min(next, process->deadline());
  }
  const auto left = std::chrono::ceil<milliseconds>(next - Clock::now());
  platform::ChildProcess::wait_for_any(children, std::clamp(left, milliseconds(0), milliseconds(1000)));
}

} // namespace

Result<std::vector<std::string>> find_scripts(const std::vector<std::string>& paths,
                                              const std::string& filter) {
  std::vector<std::string> files;
  for (const std::string& path : paths) {
    std::error_code error;
    if (path == "-") {
      files.push_back(path);
      continue;
    }
    if (!fs::is_directory(path, error)) {
      const bool exists = fs::exists(path, error);
      if (!exists || !fs::is_regular_file(path, error)) // opening a FIFO would wait
        return fail(Error(ErrorKind::io, ErrorCode::none,
                          printable(path) + (exists ? ": not a regular file" : ": no such file")));
      files.push_back(path);
      continue;
    }
    for (fs::recursive_directory_iterator it(path, error), end; it != end; it.increment(error)) {
      if (error) return fail(Error(ErrorKind::io, ErrorCode::none, printable(path) + ": " + error.message()));
      if (it->is_regular_file(error) && it->path().extension() == ".wast")
        files.push_back(it->path().string());
    }
  }
  std::sort(files.begin(), files.end());
  files.erase(std::unique(files.begin(), files.end()), files.end());
  std::erase_if(files, [&](const std::string& file) { return file.find(filter) == std::string::npos; });
  return files;
}

std::vector<FileReport> run_suite(const std::vector<std::string>& files, const SuiteOptions& options,
                                  const std::function<void(const FileReport&)>& done) {
  std::vector<FileReport> reports(files.size());
  std::vector<std::unique_ptr<FileProcess>> running(files.size());
  std::vector<bool> finished(files.size());
  size_t started = 0, reported = 0, active = 0;
  const auto say = [&] {
    if (options.progress) options.progress(static_cast<size_t>(std::ranges::count(finished, true)));
  };
  while (reported < files.size()) {
    for (; started < files.size() && active < std::max(options.jobs, 1u); ++started) {
      ScriptOptions script = script_options(files[started], options);
      if (options.isolate) {
        running[started] = std::make_unique<FileProcess>(files[started], script, options.timeout);
        ++active;
      } else {
        reports[started] = run_file(files[started], script);
        finished[started] = true;
        say();
      }
    }
    if (active > 0) wait_for_any(running);
    for (size_t i = reported; i < started; ++i) {
      if (!running[i] || !running[i]->poll()) continue;
      reports[i] = running[i]->take_report();
      running[i].reset();
      finished[i] = true;
      --active;
    }
    for (; reported < started && finished[reported]; ++reported) done(reports[reported]);
    say();
  }
  return reports;
}

} // namespace skerry::spec
