// skerry validate: checks whether files are valid modules.
#include "host/cli/commands.hpp"
#include "host/cli/error_json.hpp"
#include "host/cli/load.hpp"
#include "host/cli/options.hpp"
#include "host/cli/progress.hpp"

#include <memory>
#include <string>
#include <vector>

namespace skerry::host::cli {

namespace {

struct ValidateOptions {
  std::vector<std::string> files;
  bool json = false;
};

Result<void> check(const Engine& engine, const std::string& file) {
  auto source = read_module(engine, file);
  if (!source) return fail(std::move(source.error()));
  auto valid = Module::validate(engine, source->bytes);
  if (!valid) return fail(locate(*source, valid.error()));
  return valid;
}

/// Checks every file, even after an invalid one.
int validate(const ValidateOptions& options) {
  const Engine engine;
  Progress progress;
  int status = 0;
  size_t done = 0;
  for (const std::string& file : options.files) {
    progress.show("validate: " + std::to_string(done++) + " of " + std::to_string(options.files.size()) +
                  " files");
    const auto valid = check(engine, file);
    if (valid) continue;
    progress.hide();
    if (options.json)
      write_stderr(error_json(shown_name(file), valid.error()) + "\n");
    else
      complain_about(file, valid.error());
    status = failure;
  }
  return status;
}

} // namespace

void add_validate_command(CLI::App& app, int& status) {
  auto options = std::make_shared<ValidateOptions>();
  CLI::App* command = app.add_subcommand("validate", "Check that files are valid modules");
  add_operands(*command, "FILE", options->files, "Modules, binary or text; - is standard input");
  command->add_flag("--json", options->json, "Print errors as JSON, one object on a line");
  command->footer("Prints nothing and returns 0 if all files are valid. Otherwise prints an error for "
                  "each invalid file, with the byte offset and the function, and returns 1.\n\n"
                  "Examples:\n"
                  "  skerry validate plugin.wasm other.wasm\n"
                  "  skerry validate --json - < plugin.wasm");
  command->callback([options, &status] { status = validate(*options); });
}

} // namespace skerry::host::cli
