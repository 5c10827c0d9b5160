// The command `skerry`.
#include "host/cli/commands.hpp"
#include "host/cli/output.hpp"

#include <csignal>

namespace skerry::host::cli {
namespace {

constexpr const char* version = "skerry " SKERRY_VERSION;

void add_commands(CLI::App& app, int& status) {
  add_run_command(app, status);
  add_validate_command(app, status);
  add_inspect_command(app, status);
  add_wast_command(app, status);
  add_wat2wasm_command(app, status);
  add_wasm2wat_command(app, status);
  add_plugin_command(app, status);
}

/// Help and version go to stdout and are no error; everything else is told on stderr.
int report(const CLI::App& app, const CLI::ParseError& error) {
  std::ostringstream out, err;
  int code = app.exit(error, out, err);
  bool written = write_stdout(out.str());
  write_stderr(err.str());
  if (code != 0) return usage_error;
  return written ? 0 : failure;
}

int run_main(int argc, char** argv) {
  CLI::App app{"Runs WebAssembly programs and plugins.", "skerry"};
  app.set_version_flag("--version", version);
  app.set_help_flag("-h,--help", "Print this help and exit");
  app.require_subcommand(1);
  app.footer(
      "skerry COMMAND --help explains a command.\n"
      "Exit status: 0 success, 1 failure, 2 wrong usage; `run` passes on the guest's, 134 after a trap.");
  app.failure_message(CLI::FailureMessage::simple);
  int status = 0;
  add_commands(app, status);
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return report(app, error);
  }
  return status;
}

} // namespace
} // namespace skerry::host::cli

int main(int argc, char** argv) {
  std::signal(SIGPIPE, SIG_IGN); // a closed stdout is an error that we, or the guest, are told about
  return skerry::host::cli::run_main(argc, argv);
}
