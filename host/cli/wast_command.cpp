// skerry wast: runs scripts of the official test suite.
#include "host/cli/commands.hpp"
#include "host/cli/output.hpp"
#include "skerry/printable.hpp"
#include "spec-tests/report.hpp"
#include "spec-tests/suite_runner.hpp"

#include <algorithm>
#include <memory>
#include <string>
#include <thread>
#include <vector>

namespace skerry::host::cli {

namespace {

struct WastOptions {
  std::vector<std::string> paths;
  std::string filter;
  std::string expectations;
  uint32_t line = 0;
  unsigned jobs = 0;
  int timeout_seconds = 120;
  bool json = false;
  bool verbose = false;
  bool no_fork = false;
  bool no_fusion = false;
  std::string simd = "auto";
  spec::SuiteOptions suite;
};

/// Sets the SIMD target that `name` names; "auto" leaves the choice to the engine. If this machine does not
/// support the target, prints the available targets and returns false.
bool choose_simd_target(const std::string& name, Config& config) {
  std::string known = "auto";
  if (name == known) return true;
  for (const SimdTarget target : simd_targets()) {
    if (name == simd_target_name(target)) {
      config.simd_target = target;
      return true;
    }
    known += std::string(", ") + std::string(simd_target_name(target));
  }
  complain("this machine has no SIMD target '" + name + "', only " + known);
  return false;
}

int wast(WastOptions& options) {
  spec::SuiteOptions& suite = options.suite;
  suite.jobs = options.jobs != 0 ? options.jobs : std::max(1u, std::thread::hardware_concurrency());
  suite.timeout = std::chrono::seconds(options.timeout_seconds);
  suite.isolate = !options.no_fork;
  suite.config.fusion = !options.no_fusion;
  if (!choose_simd_target(options.simd, suite.config)) return usage_error;
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

  auto print = [&](const spec::FileReport& report) {
    if (options.json) return void(write_stdout(spec::file_json(report)));
    write_stdout(spec::failures_text(report));
    if (options.verbose || !report.failures.empty()) write_stdout(spec::file_text(report));
  };
  auto reports = spec::run_suite(*files, suite, print);
  bool everything = options.filter.empty() && options.line == 0;
  auto problems = everything ? suite.expectations.check_counts(reports) : std::vector<std::string>();
  bool bad = !problems.empty() || reports.empty();
  for (const spec::FileReport& report : reports) bad |= !report.failures.empty();
  if (options.json) {
    write_stdout(spec::totals_json(reports, problems));
  } else {
    for (const std::string& problem : problems)
      write_stdout(printable(problem, longest_printed_message) + "\n");
    write_stdout(spec::totals_text(reports));
  }
  return bad ? failure : 0;
}

} // namespace

void add_wast_command(CLI::App& app, int& status) {
  auto options = std::make_shared<WastOptions>();
  CLI::App* command = app.add_subcommand("wast", "Run scripts of the official test suite");
  command->add_option("PATH", options->paths, "Scripts, and folders of scripts (*.wast, recursive)")
      ->required()
      ->type_name("");
  command->add_option("--filter", options->filter, "Only files whose path contains TEXT")->type_name("TEXT");
  command->add_option("--line", options->line, "Only the assertion that begins at line N")->type_name("N");
  command->add_option("--expectations", options->expectations, "Folder with skips.txt and counts.txt")
      ->type_name("FOLDER");
  command->add_option("-j,--jobs", options->jobs, "Files to run in parallel (default: as many as processors)")
      ->type_name("N");
  command->add_option("--timeout", options->timeout_seconds, "Seconds that one file may take (default: 120)")
      ->type_name("SECONDS");
  command->add_flag("--json", options->json, "One JSON object per file, then one with the totals");
  command->add_flag("-v,--verbose", options->verbose, "Name files without failures too");
  command->add_flag("--no-fork", options->no_fork, "Run all files in this process, for debuggers");
  command->add_option("--slice", options->suite.config.fuel_slice, "Instructions in a fuel slice")
      ->type_name("N");
  command
      ->add_option("--simd", options->simd,
                   "Target of vector instructions (default: auto; scalar, sse4, avx2, neon)")
      ->type_name("TARGET");
  command->add_flag("--move-stack", options->suite.config.move_stack,
                    "Move the value stack at every slice, and memories at every growth");
  command->add_flag("--no-fusion", options->no_fusion, "No superinstructions");
  command->footer(
      "Prints a line for each failure, and the totals. Returns 1 if an assertion failed, a file crashed, or\n"
      "an assertion on the skip list passed.\n\n"
      "Example:\n"
      "  skerry wast --expectations spec-tests/expectations testsuite/core");
  command->callback([options, &status] { status = wast(*options); });
}

} // namespace skerry::host::cli
