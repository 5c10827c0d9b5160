#include "host/cli/run_options.hpp"

#include "host/cli/options.hpp"
#include "skerry/printable.hpp"

#include <algorithm>

namespace skerry::host::cli {

namespace {

void add_trace_options(CLI::App& command, TraceOptions& options) {
  const auto plain_is_stderr = [](const std::string& file) { return file == "true" ? "-" : file; };
  CLI::Option* trace =
      command.add_flag("--trace", options.file, "Write each instruction before it runs; very slow")
          ->disable_flag_override(false)
          ->transform(plain_is_stderr)
          ->option_text("[=FILE]");
  add_count(command, "--trace-limit", options.limit, {"Lines of the trace (default: no limit)", "N"})
      ->needs(trace);
}

void add_limits(CLI::App& command, RunOptions& options) {
  add_count(command, "--fuel", options.fuel, {"Stop after this many instructions (default: never)", "N"});
  add_duration(command, "--timeout", options.timeout, {"Stop after this time (default: never)", "TIME"});
  add_size(command, "--max-memory", options.max_memory, {"Limit of linear memory (default: 4GiB)", "SIZE"});
  add_size(command, "--max-stack", options.max_stack, {"Limit of the call stack (default: 64MiB)", "SIZE"});
}

void check_preload(const std::string& text) {
  if (text.find('=') == text.npos || text.ends_with('='))
    throw CLI::ValidationError("--preload", in_quotes(text) + " is not NAME=FILE");
}

} // namespace

void add_run_options(CLI::App& command, RunOptions& options) {
  add_wasi_options(command, options.wasi);
  add_text(command, "--argv0", options.argv0, {"The guest's argument 0 (default: the name of FILE)", "NAME"});
  add_text(command, "--invoke", options.invoke,
           {"Call an export instead of _start, print its results", "FUNCTION"});
  add_limits(command, options);
  add_texts(command, "--preload", options.preloads,
            {"Instantiate FILE first, for imports of module NAME", "NAME=FILE"});
  add_choice(command, "--unknown-imports", options.unknown_imports,
             {"trap or default: what undefined functions do", "HOW"},
             {{"trap", UnknownImports::trap}, {"default", UnknownImports::return_zeros}});
  command.add_flag("--stats", options.stats, "Print instructions, time and memory at the end");
  command.add_flag("--json", options.json, "Print an error as one line of JSON");
  add_trace_options(command, options.trace);
}

void take_words(const CLI::App& command, RunOptions& options) {
  options.words = command.remaining();
  if (options.words.empty()) throw CLI::RequiredError("FILE");
  if (options.words.front().size() > 1 && options.words.front().starts_with('-'))
    throw CLI::ExtrasError({options.words.front()});
  for (const std::string& preload : options.preloads) check_preload(preload);
  for (const CLI::Option* option : command.get_options())
    for (const std::string& name : option->get_lnames()) options.names.push_back("--" + name);
}

std::string option_after_file(const RunOptions& options) {
  for (size_t i = 1; i < options.words.size(); ++i) {
    const std::string name = options.words[i].substr(0, options.words[i].find('='));
    if (std::ranges::find(options.names, name) != options.names.end()) return name;
  }
  return "";
}

} // namespace skerry::host::cli
