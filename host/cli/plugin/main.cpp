// The program skerry-plugin, which implements `skerry plugin`.
#include "host/cli/commands.hpp"
#include "host/cli/plugin/operator_commands.hpp"
#include "host/cli/plugin/plugin_commands.hpp"
#include "host/cli/plugin/serve_command.hpp"
#include "host/cli/program.hpp"

int main(int argc, char** argv) {
  using namespace skerry::host::cli;
  return run_program({"skerry plugin", "Loads plugins by their manifests and calls them."},
                     {argv + (argc > 0 ? 1 : 0), argv + argc}, [](CLI::App& app, int& status) {
                       app.footer("skerry help plugin COMMAND explains a command. docs/plugins.md explains "
                                  "how to write a plugin.\n\n"
                                  "Example:\n"
                                  "  skerry plugin call --manifest json-transformer.json --input '{}'");
                       add_plugin_commands(app, status);
                       add_serve(app, status);
                       add_operator_commands(app, status);
                     });
}
