// The program skerry-plugin, which implements `skerry plugin`.
#include "host/cli/commands.hpp"
#include "host/cli/plugin/operator_commands.hpp"
#include "host/cli/plugin/plugin_commands.hpp"
#include "host/cli/plugin/serve_command.hpp"
#include "host/cli/program.hpp"

int main(int argc, char** argv) {
  using namespace skerry::host::cli;
  return run_program("skerry plugin", "Loads plugins by their manifests and calls them.", argc, argv,
                     [](CLI::App& app, int& status) {
                       app.footer(
                           "skerry plugin COMMAND --help explains a command. docs/plugins.md explains how to "
                           "write a plugin.");
                       add_plugin_commands(app, status);
                       add_serve(app, status);
                       add_operator_commands(app, status);
                     });
}
