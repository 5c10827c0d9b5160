// skerry validate: checks whether files are valid modules.
#include "host/cli/commands.hpp"
#include "host/cli/load.hpp"

#include <memory>
#include <string>
#include <vector>

namespace skerry::host::cli {

namespace {

/// Checks every file, even after an invalid one.
int validate(const std::vector<std::string>& files) {
  Engine engine;
  int status = 0;
  for (const std::string& file : files) {
    auto bytes = read_module_bytes(engine, file);
    Result<void> valid;
    if (bytes) valid = Module::validate(engine, *bytes);
    const Error* error = !bytes ? &bytes.error() : !valid ? &valid.error() : nullptr;
    if (error == nullptr) continue;
    complain_about(file, *error);
    status = failure;
  }
  return status;
}

} // namespace

void add_validate_command(CLI::App& app, int& status) {
  auto files = std::make_shared<std::vector<std::string>>();
  CLI::App* command = app.add_subcommand("validate", "Check that files are valid modules");
  command->add_option("FILE", *files, "Modules, binary or text")->required()->type_name("");
  command->footer("Prints nothing and returns 0 if all files are valid. Otherwise prints a line for each\n"
                  "invalid file, with the byte offset and the function, and returns 1.\n\n"
                  "Example:\n"
                  "  skerry validate plugin.wasm other.wasm");
  command->callback([files, &status] { status = validate(*files); });
}

} // namespace skerry::host::cli
