// skerry wast: runs scripts of the official test suite.
#include "host/cli/commands.hpp"
#include "host/cli/options.hpp"
#include "host/cli/output.hpp"
#include "host/cli/progress.hpp"
#include "skerry/printable.hpp"
#include "spec-tests/report.hpp"
#include "spec-tests/suite_runner.hpp"

#include <algorithm>
#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <thread>
#include <utility>
#include <vector>

namespace skerry::host::cli {

namespace {

struct WastOptions {
  std::vector<std::string> paths;
  std::string filter;
  std::string expectations;
  uint32_t line = 0;
  unsigned jobs = 0;
  std::optional<std::chrono::nanoseconds> timeout;
  bool json = false;
  bool verbose = false;
  bool no_fork = false;
  bool no_fusion = false;
  spec::SuiteOptions suite;
};

/// The SIMD targets that this machine has, by name.
std::vector<std::pair<std::string, SimdTarget>> known_targets() {
  std::vector<std::pair<std::string, SimdTarget>> targets;
  targets.emplace_back(simd_target_name(SimdTarget::automatic), SimdTarget::automatic);
  for (const SimdTarget target : simd_targets()) targets.emplace_back(simd_target_name(target), target);
  return targets;
}

/// Prints the results of files as they come, and how far the run is.
class Report {
public:
  Report(const WastOptions& options, size_t files) : options_(options), files_(files) {}

  void add(const spec::FileReport& report) {
    progress_.hide();
    if (options_.json) return put(spec::file_json(report));
    put(spec::failures_text(report));
    if (options_.verbose || !report.failures.empty()) put(spec::file_text(report));
  }
  void finish(const std::vector<spec::FileReport>& reports, const std::vector<std::string>& problems) {
    progress_.hide();
    if (options_.json) return put(spec::totals_json(reports, problems));
    for (const std::string& problem : problems) put(printable(problem, longest_printed_message) + "\n");
    put(spec::totals_text(reports));
  }
  void show_progress(size_t finished) {
    progress_.show("wast: " + std::to_string(finished) + " of " + std::to_string(files_) + " files");
  }
  bool is_written() const { return is_written_; }

private:
  /// After the first failure, writes nothing more.
  void put(const std::string& text) { is_written_ = is_written_ && print(text); }

  const WastOptions& options_;
  size_t files_;
  Progress progress_;
  bool is_written_ = true;
};

int wast(WastOptions& options) {
  spec::SuiteOptions& suite = options.suite;
  suite.jobs = options.jobs != 0 ? options.jobs : std::max(1u, std::thread::hardware_concurrency());
  if (options.timeout) suite.timeout = *options.timeout;
  suite.isolate = !options.no_fork;
  suite.config.fusion = !options.no_fusion;
  if (options.line != 0) suite.line = options.line;
  if (!options.expectations.empty()) {
    auto loaded = spec::Expectations::load(options.expectations);
    if (!loaded) {
      complain(loaded.error().message());
      return usage_error;
    }
    suite.expectations = std::move(*loaded);
  }
  auto files = spec::find_scripts(options.paths, options.filter);
  if (!files) {
    complain(files.error().message());
    return failure;
  }

  Report report(options, files->size());
  suite.progress = [&](size_t finished) { report.show_progress(finished); };
  auto reports = spec::run_suite(*files, suite, [&](const spec::FileReport& file) { report.add(file); });
  bool everything = options.filter.empty() && options.line == 0;
  auto problems = everything ? suite.expectations.check_counts(reports) : std::vector<std::string>();
  report.finish(reports, problems);
  bool bad = !problems.empty() || reports.empty() || !report.is_written();
  for (const spec::FileReport& file : reports) bad |= !file.failures.empty();
  return bad ? failure : 0;
}

} // namespace

void add_wast_command(CLI::App& app, int& status) {
  auto options = std::make_shared<WastOptions>();
  CLI::App* command = app.add_subcommand("wast", "Run scripts of the official test suite");
  Config& config = options->suite.config;
  add_operands(*command, "PATH", options->paths,
               "Scripts, - for standard input, and folders of scripts (*.wast, recursive)");
  add_text(*command, "--filter", options->filter, {"Only files whose path contains TEXT", "TEXT"});
  add_count(*command, "--line", options->line, {"Only the assertion that begins at this line", "N"},
            {.least = 1});
  add_text(*command, "--expectations", options->expectations,
           {"Folder with skips.txt and counts.txt", "FOLDER"});
  add_count(*command, "-j,--jobs", options->jobs,
            {"Files to run in parallel (default: as many as processors)", "N"}, {.least = 1, .most = 1024});
  add_duration(*command, "--timeout", options->timeout,
               {"Time that one file may take (default: 120s)", "TIME"});
  command->add_flag("--foreign", options->suite.foreign,
                    "For scripts of other engines: compare only the kinds of errors, and let modules import\n"
                    "modules by their names in the script");
  command->add_flag("--json", options->json, "One JSON object per file, then one with the totals");
  command->add_flag("-v,--verbose", options->verbose, "Name files without failures too");
  command->add_flag("--no-fork", options->no_fork, "Run all files in this process, for debuggers");
  add_count(*command, "--slice", config.fuel_slice, {"Instructions in a fuel slice", "N"}, {.least = 1});
  add_choice(*command, "--simd", config.simd_target,
             {"Vector instructions: auto (default), scalar, sse4, avx2 or neon", "TARGET"}, known_targets());
  command->add_flag("--move-stack", config.move_stack,
                    "Move the value stack at every slice, and memories at every growth");
  command->add_flag("--no-fusion", options->no_fusion, "No superinstructions");
  command->footer("Prints a line for each failure, and the totals. Returns 1 if an assertion failed, a "
                  "file crashed, or an assertion on the skip list passed.\n\n"
                  "Examples:\n"
                  "  skerry wast i32.wast\n"
                  "  skerry wast --expectations spec-tests/expectations testsuite/core");
  command->callback([options, &status] { status = wast(*options); });
}

} // namespace skerry::host::cli
