// Modules from files, for every command.
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

/// The same bytes, seen as text.
std::string_view text_of(const std::vector<std::byte>& bytes);
/// The module's binary. Errors: io; limit when the file is larger than a module may be; those of the text
/// format; deadline_exceeded.
Result<std::vector<std::byte>> read_module_bytes(const Engine& engine, const std::string& file,
                                                 Deadline deadline = no_deadline);
/// Read and compiled.
Result<Module> load_module(const Engine& engine, const std::string& file, Deadline deadline = no_deadline);

/// Tells on stderr what is wrong with the module of this file; with the backtrace, if there is one.
void complain_about(const std::string& file, const Error& error, Deadline deadline = no_deadline);

} // namespace skerry::host::cli
