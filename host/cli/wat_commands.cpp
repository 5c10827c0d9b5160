// skerry wat2wasm and wasm2wat: convert the text format to the binary format and back.
#include "host/cli/commands.hpp"
#include "host/cli/load.hpp"
#include "host/cli/output.hpp"
#include "host/cli/units.hpp"
#include "host/support/file_bytes.hpp"
#include "skerry/module.hpp"
#include "skerry/printable.hpp"
#include "skerry/wat.hpp"

#include <cstdio>
#include <fstream>
#include <memory>
#include <string>
#include <vector>

namespace skerry::host::cli {

namespace {

struct WatOptions {
  std::string input, output, max_text;
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

/// Writes a file; "-" stands for stdout.
int write_output(const std::string& path, std::string_view content) {
  if (path == "-") return write_stdout(content) ? 0 : failure;
  std::ofstream file(path, std::ios::binary | std::ios::trunc);
  file.write(content.data(), static_cast<std::streamsize>(content.size()));
  if (file.flush()) return 0;
  complain(printable(path) + ": cannot be written");
  return failure;
}

int report(const std::string& file, const Error& error) {
  complain(printable(file) + ": " + std::string(kind_name(error.kind())) + ": " + error.message());
  return failure;
}

int wat2wasm(const WatOptions& options) {
  Engine engine;
  auto source = read_file(options.input, engine.config().module_limits.module_bytes);
  if (!source) {
    complain(source.error().message);
    return failure;
  }
  auto module = wat::to_binary(text_of(*source), {!options.no_names});
  if (!module) return report(options.input, module.error());
  std::vector<std::byte>().swap(*source); // frees the source, which is no longer needed
  if (!options.no_check) {
    auto valid = Module::validate(engine, *module);
    if (!valid) return report(options.input, valid.error());
  }
  std::string output = options.output.empty() ? with_suffix(options.input, ".wasm") : options.output;
  return write_output(output, text_of(*module));
}

int wasm2wat(const WatOptions& options) {
  auto source = read_file(options.input, ModuleLimits().module_bytes);
  if (!source) {
    complain(source.error().message);
    return failure;
  }
  const uint64_t most =
      options.max_text.empty() ? wat::most_text(source->size()) : *parse_size(options.max_text);
  const bool to_stdout = options.output.empty() || options.output == "-";
  std::ofstream file;
  if (!to_stdout) file.open(options.output, std::ios::binary | std::ios::trunc);
  const auto write = [&](std::string_view text) {
    if (to_stdout) return write_stdout(text);
    file.write(text.data(), static_cast<std::streamsize>(text.size()));
    return file.good();
  };
  auto done = wat::to_text(*source, write, {most});
  if (done && (to_stdout || file.flush())) return 0;
  if (!to_stdout) std::remove(options.output.c_str()); // an incomplete module is useless
  if (done || done.error().kind() == ErrorKind::io) {
    if (!to_stdout) complain(options.output + ": cannot be written");
    return failure;
  }
  return report(options.input, done.error());
}

} // namespace

void add_wat2wasm_command(CLI::App& app, int& status) {
  auto options = std::make_shared<WatOptions>();
  CLI::App* command = app.add_subcommand("wat2wasm", "Translate a module from text to binary");
  command->add_option("FILE", options->input, "Module in the text format")->required()->type_name("");
  command->add_option("-o,--output", options->output, "Output file (default: FILE with .wasm); - is stdout")
      ->type_name("FILE");
  command->add_flag("--no-names", options->no_names, "Write no name section");
  command->add_flag("--no-check", options->no_check, "Do not validate the module");
  command->footer("Example:\n  skerry wat2wasm add.wat -o add.wasm");
  command->callback([options, &status] { status = wat2wasm(*options); });
}

void add_wasm2wat_command(CLI::App& app, int& status) {
  auto options = std::make_shared<WatOptions>();
  CLI::App* command = app.add_subcommand("wasm2wat", "Translate a module from binary to text");
  command->add_option("FILE", options->input, "Module in the binary format")->required()->type_name("");
  command->add_option("-o,--output", options->output, "Output file (default: stdout)")->type_name("FILE");
  command
      ->add_option("--max-text", options->max_text,
                   "Limit of the text (default: 16MiB plus 64 times the file)")
      ->type_name("SIZE")
      ->check(size_validator());
  command->footer("Example:\n  skerry wasm2wat add.wasm");
  command->callback([options, &status] { status = wasm2wat(*options); });
}

} // namespace skerry::host::cli
