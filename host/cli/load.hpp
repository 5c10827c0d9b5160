// Loads modules from files, for every command.
#pragma once

#include "host/cli/output.hpp"
#include "skerry/engine.hpp"
#include "skerry/error.hpp"
#include "skerry/module.hpp"

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace skerry::host::cli {

/// Returns a view of `bytes` as text.
std::string_view text_of(const std::vector<std::byte>& bytes);
/// Reads a module in the binary or the text format, and returns it in the binary format. Errors: io; limit if
/// the file is larger than a module may be; those of the text format; deadline_exceeded.
Result<std::vector<std::byte>> read_module_bytes(const Engine& engine, const std::string& file,
                                                 Deadline deadline = no_deadline);
/// Reads and compiles a module.
Result<Module> load_module(const Engine& engine, const std::string& file, Deadline deadline = no_deadline);

/// Prints `error`, which is about the module in `file`, on stderr, with the backtrace if there is one.
void complain_about(const std::string& file, const Error& error, Deadline deadline = no_deadline);

} // namespace skerry::host::cli
