// The options of `skerry run`.
#pragma once

#include "host/cli/cli11.hpp"
#include "host/cli/trace.hpp"
#include "host/cli/wasi_options.hpp"
#include "skerry/linker.hpp"

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace skerry::host::cli {

struct RunOptions {
  WasiOptions wasi;
  std::optional<std::string> argv0;  // the file's name without its folders if not given
  std::optional<std::string> invoke; // a function may have an empty name
  uint64_t fuel = Store::unlimited_fuel;
  std::optional<std::chrono::nanoseconds> timeout;
  std::optional<uint64_t> max_memory, max_stack;
  UnknownImports unknown_imports = UnknownImports::error;
  std::vector<std::string> preloads; // NAME=FILE
  bool stats = false;
  bool json = false;
  TraceOptions trace;
  std::vector<std::string> words; // the file, then the guest's arguments
  std::vector<std::string> names; // of all options, such as "--fuel"
};

/// Adds the options to `command`, which parses them into `options`.
void add_run_options(CLI::App& command, RunOptions& options);

/// Takes the words that are not options: the file and the guest's arguments. Options of skerry come before
/// the file; everything after the file belongs to the guest, even if it looks like an option. Throws
/// CLI::ParseError.
void take_words(const CLI::App& command, RunOptions& options);

/// Returns the first argument of the guest that is an option of skerry; empty if there is none.
std::string option_after_file(const RunOptions& options);

} // namespace skerry::host::cli
