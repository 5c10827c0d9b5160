// skerry wat2wasm and wasm2wat: convert the text format to the binary format and back.
#include "host/cli/commands.hpp"
#include "host/cli/load.hpp"
#include "host/cli/options.hpp"
#include "host/cli/output.hpp"
#include "host/cli/output_file.hpp"
#include "skerry/module.hpp"
#include "skerry/printable.hpp"
#include "skerry/wat.hpp"

#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace skerry::host::cli {

namespace {

struct WatOptions {
  std::string input;
  std::optional<std::string> output;
  std::optional<uint64_t> max_text;
  bool no_names = false;
  bool no_check = false;
};

/// Returns `path` with another suffix: `a/b.wat` and ".wasm" give `a/b.wasm`.
std::string with_suffix(const std::string& path, std::string_view suffix) {
  size_t slash = path.rfind('/');
  size_t dot = path.rfind('.');
  bool has_suffix = dot != std::string::npos && (slash == std::string::npos || dot > slash);
  return path.substr(0, has_suffix ? dot : path.size()).append(suffix);
}

/// Returns the file that wat2wasm writes: beside the text, or stdout if the text comes from stdin.
std::string default_output(const std::string& input) {
  return input == "-" ? input : with_suffix(input, ".wasm");
}

int report(const std::string& file, const Error& error) {
  complain_about(file, error);
  return failure;
}

int wat2wasm(const WatOptions& options) {
  Engine engine;
  auto source = read_input(options.input, engine.config().module_limits.module_bytes);
  if (!source) {
    complain(source.error().message);
    return failure;
  }
  const wat::ToBinaryOptions how{.names = !options.no_names};
  auto module = wat::to_binary(text_of(*source), how);
  if (!module) return report(options.input, module.error());
  if (!options.no_check) {
    auto valid = Module::validate(engine, *module);
    if (!valid) return report(options.input, wat::locate(text_of(*source), valid.error(), how));
  }
  OutputFile output(options.output.value_or(default_output(options.input)));
  return output.write(text_of(*module)) && output.finish() ? 0 : failure;
}

int wasm2wat(const WatOptions& options) {
  auto source = read_input(options.input, ModuleLimits().module_bytes);
  if (!source) {
    complain(source.error().message);
    return failure;
  }
  const uint64_t most = options.max_text.value_or(wat::most_text(source->size()));
  OutputFile output(options.output.value_or("-"));
  auto done = wat::to_text(*source, [&](std::string_view text) { return output.write(text); }, {most});
  if (done) return output.finish() ? 0 : failure;
  if (done.error().kind() != ErrorKind::io) report(options.input, done.error());
  return failure;
}

} // namespace

void add_wat2wasm_command(CLI::App& app, int& status) {
  auto options = std::make_shared<WatOptions>();
  CLI::App* command = app.add_subcommand("wat2wasm", "Translate a module from text to binary");
  add_text(*command, "FILE", options->input, {"Module in the text format; - is standard input", ""})
      ->required();
  add_text(*command, "-o,--output", options->output,
           {"Output file (default: FILE with .wasm); - is standard output", "FILE"});
  command->add_flag("--no-names", options->no_names, "Write no name section");
  command->add_flag("--no-check", options->no_check, "Do not validate the module");
  command->footer("Examples:\n"
                  "  skerry wat2wasm add.wat -o add.wasm\n"
                  "  skerry wat2wasm - < add.wat > add.wasm");
  command->callback([options, &status] { status = wat2wasm(*options); });
}

void add_wasm2wat_command(CLI::App& app, int& status) {
  auto options = std::make_shared<WatOptions>();
  CLI::App* command = app.add_subcommand("wasm2wat", "Translate a module from binary to text");
  add_text(*command, "FILE", options->input, {"Module in the binary format; - is standard input", ""})
      ->required();
  add_text(*command, "-o,--output", options->output, {"Output file (default: standard output)", "FILE"});
  add_size(*command, "--max-text", options->max_text,
           {"Limit of the text (default: 16MiB plus 64 times the file)", "SIZE"});
  command->footer("Examples:\n"
                  "  skerry wasm2wat add.wasm\n"
                  "  skerry wasm2wat --max-text 1G big.wasm -o big.wat");
  command->callback([options, &status] { status = wasm2wat(*options); });
}

} // namespace skerry::host::cli
