// Loads modules from files, for every command.
#pragma once

#include "host/cli/output.hpp"
#include "host/support/file_bytes.hpp"
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
/// Reads a file; "-" stands for standard input, and only for that.
FileBytes read_input(const std::string& file, uint64_t limit);
/// Returns how messages name a file that read_input reads; printable.
std::string shown_name(const std::string& file);
/// Reads a module in the binary or the text format, and returns it in the binary format. Errors: io; limit if
/// the file is larger than a module may be; those of the text format; deadline_exceeded.
Result<std::vector<std::byte>> read_module_bytes(const Engine& engine, const std::string& file,
                                                 Deadline deadline = no_deadline);
/// A module's file.
struct ModuleSource {
  std::vector<std::byte> bytes; // in the binary format
  std::vector<std::byte> text;  // empty if the file is binary
};
/// Like read_module_bytes, but also returns the text.
Result<ModuleSource> read_module(const Engine& engine, const std::string& file,
                                 Deadline deadline = no_deadline);
/// Returns an error about the module, with its place in the text if there is one.
Error locate(const ModuleSource& source, const Error& error);
/// Reads and compiles a module.
Result<Module> load_module(const Engine& engine, const std::string& file, Deadline deadline = no_deadline);

/// Prints `error`, which is about the module in `file`, on stderr, with the backtrace if there is one.
void complain_about(const std::string& file, const Error& error, Deadline deadline = no_deadline);

} // namespace skerry::host::cli
