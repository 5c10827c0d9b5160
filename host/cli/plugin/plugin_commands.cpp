#include "host/cli/plugin/plugin_commands.hpp"

#include "host/cli/commands.hpp"
#include "host/cli/options.hpp"
#include "host/cli/output.hpp"
#include "host/support/fail.hpp"
#include "host/support/file_bytes.hpp"
#include "skerry/host/manager.hpp"

#include <memory>
#include <string>
#include <vector>

namespace skerry::host::cli {

namespace {

constexpr uint64_t largest_input = uint64_t{1} << 30;

struct Input {
  bool is_file = false;
  std::string text; // the input, or the name of its file
};

struct PluginOptions {
  std::string manifest;
  std::vector<std::string> texts, files;
};

/// Prints an error on stderr as one line of JSON, for programs.
void report(const PluginError& error) { write_stderr(to_json(error) + "\n"); }

Expected<std::string> input_bytes(const Input& input) {
  if (!input.is_file) return input.text;
  auto bytes =
      input.text == "-" ? read_standard_input(largest_input) : read_file_or_pipe(input.text, largest_input);
  if (bytes) return std::string(reinterpret_cast<const char*>(bytes->data()), bytes->size());
  const bool too_large = bytes.error().too_large;
  return fail(make_error("", Phase::call, too_large ? PluginErrorCode::limit_input : PluginErrorCode::io,
                         bytes.error().message));
}

Expected<std::string> call_with(Plugin& plugin, const Input& input) {
  auto bytes = input_bytes(input);
  return bytes ? plugin.call(*bytes) : bytes;
}

/// Returns the values of --input and --input-file in the order in which they are on the command line.
std::vector<Input> inputs(const CLI::App& command, const PluginOptions& options) {
  std::vector<Input> all;
  auto text = options.texts.begin(), file = options.files.begin();
  for (const CLI::Option* option : command.parse_order()) {
    if (option->check_name("--input")) all.push_back({false, *text++});
    if (option->check_name("--input-file")) all.push_back({true, *file++});
  }
  return all;
}

int print_meta(const PluginOptions& options) {
  Manager manager;
  auto plugin = manager.load(std::filesystem::path(options.manifest));
  if (!plugin) {
    report(plugin.error());
    return failure;
  }
  return print((*plugin)->meta() + "\n") ? 0 : failure;
}

/// Loads the plugin and calls it with every input, even after a failed call.
int call_plugin(const PluginOptions& options, const std::vector<Input>& all) {
  Manager manager;
  auto plugin = manager.load(std::filesystem::path(options.manifest));
  if (!plugin) {
    report(plugin.error());
    return failure;
  }
  int status = 0;
  for (const Input& input : all) {
    auto result = call_with(**plugin, input);
    if (!result) report(result.error());
    if (!result || !print(*result + "\n")) status = failure;
  }
  return status;
}

void add_manifest_option(CLI::App& command, PluginOptions& options) {
  add_text(command, "--manifest", options.manifest, {"The plugin's manifest (docs/plugins.md)", "FILE.json"})
      ->required();
}

void add_meta(CLI::App& plugin, int& status) {
  auto options = std::make_shared<PluginOptions>();
  CLI::App* command = plugin.add_subcommand("meta", "Load a plugin and print its meta");
  add_manifest_option(*command, *options);
  command->footer("Example:\n  skerry plugin meta --manifest json-transformer.json");
  command->callback([options, &status] { status = print_meta(*options); });
}

void add_call(CLI::App& plugin, int& status) {
  auto options = std::make_shared<PluginOptions>();
  CLI::App* command =
      plugin.add_subcommand("call", "Load a plugin and call its execute function, once for each input");
  add_manifest_option(*command, *options);
  add_texts(*command, "--input", options->texts, {"Bytes to pass to execute, unchanged", "JSON"});
  add_texts(*command, "--input-file", options->files,
            {"A file with the bytes to pass; - is standard input", "FILE"});
  command->footer("Calls run in the order of the inputs, on one plugin. Each result is a line on "
                  "stdout. Each failed call is a line {\"error\":{\"phase\",\"code\",\"message\",…}} on "
                  "stderr, and the exit status is then 1. The plugin's own output goes to stderr.\n\n"
                  "Examples:\n"
                  "  skerry plugin call --manifest greeting.json --input '{\"parameters\":{}}'\n"
                  "  skerry plugin call --manifest greeting.json --input-file - < request.json");
  command->callback([command, options, &status] {
    auto all = inputs(*command, *options);
    if (all.empty()) throw CLI::RequiredError("--input or --input-file");
    status = call_plugin(*options, all);
  });
}

} // namespace

void add_plugin_commands(CLI::App& plugin, int& status) {
  add_meta(plugin, status);
  add_call(plugin, status);
}

} // namespace skerry::host::cli
