#include "host/cli/program.hpp"

#include "host/cli/commands.hpp"
#include "host/cli/help.hpp"
#include "host/cli/output.hpp"
#include "host/cli/style.hpp"
#include "host/cli/usage_errors.hpp"
#include "host/cli/version.hpp"
#include "host/cli/words.hpp"
#include "host/platform/signals.hpp"
#include "host/platform/standard_streams.hpp"
#include "skerry/out_of_memory.hpp"

#include <algorithm>
#include <utility>

namespace skerry::host::cli {

namespace {

/// Prints a requested help text or version on stdout, and errors of the command line on stderr. Returns the
/// exit status.
int report(const CLI::App& app, const CLI::ParseError& error) {
  const std::string kind = error.get_name();
  const bool is_unknown_command = app.get_subcommands().empty() && !app.remaining().empty();
  if (kind == "CallForHelp" && !is_unknown_command) return print(app.help()) ? 0 : failure;
  if (kind == "CallForVersion") return print(version_text()) ? 0 : failure;
  complain_in_lines(usage_message(app, error));
  return usage_error;
}

void set_up(CLI::App& app) {
  app.set_version_flag("-V,--version", std::string(), "Print the version, the compiler and the features");
  app.set_help_flag("-h,--help", "Print this help");
  app.formatter(help_formatter(has_colours(platform::standard_output)));
  app.require_subcommand(1);
  app.option_defaults()->disable_flag_override();
}

} // namespace

int run_program(ProgramName program, std::vector<std::string> words,
                const std::function<void(CLI::App&, int& status)>& add_commands) {
  platform::ignore_broken_pipes(); // writing to a closed stdout must fail
  CLI::App app{program.what, program.name};
  set_up(app);
  int status = 0;
  add_commands(app, status);
  const auto run = [&] {
    try {
      words = plain_words(app, std::move(words));
      std::ranges::reverse(words); // as the library takes them
      app.parse(std::move(words));
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
