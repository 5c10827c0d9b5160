#include "host/cli/program.hpp"

#include "host/cli/commands.hpp"
#include "host/cli/output.hpp"
#include "host/platform/signals.hpp"
#include "skerry/out_of_memory.hpp"
#include "skerry/printable.hpp"

namespace skerry::host::cli {

namespace {

constexpr const char* version = "skerry " SKERRY_VERSION;

/// Prints a requested help text or version on stdout, and errors of the command line on stderr. Returns the
/// exit status.
int report(const CLI::App& app, const CLI::ParseError& error) {
  std::ostringstream out, err;
  int code = app.exit(error, out, err);
  bool written = write_stdout(out.str());
  write_stderr(printable_lines(err.str()));
  if (code != 0) return usage_error;
  return written ? 0 : failure;
}

} // namespace

int run_program(const char* name, const char* what, int argc, char** argv,
                const std::function<void(CLI::App&, int& status)>& add_commands) {
  platform::ignore_broken_pipes(); // writing to a closed stdout must fail
  CLI::App app{what, name};
  app.set_version_flag("--version", version);
  app.set_help_flag("-h,--help", "Print this help and exit");
  app.require_subcommand(1);
  app.failure_message(CLI::FailureMessage::simple);
  int status = 0;
  add_commands(app, status);
  const auto run = [&] {
    try {
      app.parse(argc, argv);
    } catch (const CLI::ParseError& error) {
      return report(app, error);
    }
    return status;
  };
  return unless_out_of_memory(run, [] {
    write_stderr("skerry: out of memory: the system refuses more memory\n");
    return failure;
  });
}

} // namespace skerry::host::cli
