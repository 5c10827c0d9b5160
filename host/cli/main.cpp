// The program `skerry`: every command that needs no network. `skerry plugin` is a separate program, because
// loading the libraries for HTTP and TLS takes ten times as long as starting a guest.
#include "host/cli/commands.hpp"
#include "host/cli/output.hpp"
#include "host/cli/program.hpp"
#include "host/platform/programs.hpp"

#include <filesystem>
#include <string>
#include <string_view>
#include <system_error>

namespace skerry::host::cli {
namespace {

void add_commands(CLI::App& app, int& status) {
  app.footer(
      "skerry COMMAND --help explains a command.\n"
      "Exit status: 0 success, 1 failure, 2 wrong usage; `run` returns the guest's, or 134 after a trap.");
  add_run_command(app, status);
  add_validate_command(app, status);
  add_inspect_command(app, status);
  add_wast_command(app, status);
  add_wat2wasm_command(app, status);
  add_wasm2wat_command(app, status);
  add_objdump_command(app, status);
  app.add_subcommand("plugin", "Load plugins by their manifests and call them"); // for the help; see main
}

/// Replaces this process by the program skerry-plugin, with the arguments after "plugin". Returns only if
/// that program cannot be started.
int become_plugin_program(char** arguments) {
  const auto self = platform::program_path(arguments[0]);
  const std::filesystem::path folder = self ? self->parent_path() : std::filesystem::path();
  const std::filesystem::path program = folder / "skerry-plugin";
  const std::error_code error = self ? platform::become_program(program, arguments + 1) : self.error();
  complain("cannot start " + program.string() +
           ", which must be in the folder of skerry: " + error.message());
  return failure;
}

} // namespace
} // namespace skerry::host::cli

int main(int argc, char** argv) {
  using namespace skerry::host::cli;
  if (argc > 1 && argv[1] == std::string_view("plugin")) return become_plugin_program(argv);
  return run_program("skerry", "Runs WebAssembly programs and plugins.", argc, argv, add_commands);
}
