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
#include <utility>
#include <vector>

namespace skerry::host::cli {
namespace {

void add_commands(CLI::App& app, int& status) {
  app.footer("Exit status: 0 success, 1 failure, 2 wrong usage; `run` returns the guest's, or "
             "134 after a trap.\n\n"
             "Examples:\n"
             "  skerry hello.wasm one two      # the same as skerry run hello.wasm one two\n"
             "  skerry help run\n"
             "  skerry version");
  add_run_command(app, status);
  add_validate_command(app, status);
  add_inspect_command(app, status);
  add_wast_command(app, status);
  add_wat2wasm_command(app, status);
  add_wasm2wat_command(app, status);
  add_objdump_command(app, status);
  app.add_subcommand("plugin", "Load plugins by their manifests and call them"); // for the help; see main
}

/// Replaces this process by the program skerry-plugin, with `words` as its arguments. Returns only if that
/// program cannot be started.
int become_plugin_program(const char* invoked_as, std::vector<std::string> words) {
  const auto self = platform::program_path(invoked_as);
  const std::filesystem::path folder = self ? self->parent_path() : std::filesystem::path();
  const std::filesystem::path program = folder / "skerry-plugin";
  words.insert(words.begin(), "plugin");
  std::vector<char*> arguments;
  for (std::string& word : words) arguments.push_back(word.data());
  arguments.push_back(nullptr);
  const std::error_code error = self ? platform::become_program(program, arguments.data()) : self.error();
  complain("cannot start " + program.string() +
           ", which must be in the folder of skerry: " + error.message());
  return failure;
}

/// Returns whether the words are for skerry-plugin: "plugin call …" or "help plugin call". Removes "plugin"
/// from them if so.
bool take_plugin(std::vector<std::string>& words) {
  const size_t at = !words.empty() && words.front() == "help" ? 1 : 0;
  if (at >= words.size() || words[at] != "plugin") return false;
  words.erase(words.begin() + static_cast<std::ptrdiff_t>(at));
  return true;
}

} // namespace
} // namespace skerry::host::cli

int main(int argc, char** argv) {
  using namespace skerry::host::cli;
  std::vector<std::string> words(argv + (argc > 0 ? 1 : 0), argv + argc);
  if (take_plugin(words)) return become_plugin_program(argv[0], std::move(words));
  return run_program({"skerry", "Runs WebAssembly programs and plugins."}, std::move(words), add_commands);
}
