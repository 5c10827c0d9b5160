// Translates a module in the text format straight into its binary form (spec §6.6).
#pragma once

#include "skerry/error.hpp"
#include "skerry/limits.hpp"
#include "vm/wat/cursor.hpp"

#include <cstddef>
#include <string>
#include <vector>

namespace skerry::vm::wat {

struct ParseOptions {
  /// Write identifiers into a name section.
  bool names = false;
  /// The most items of each kind.
  ModuleLimits limits = {};
  std::chrono::steady_clock::time_point deadline = std::chrono::steady_clock::time_point::max();
};

/// Parses `name? field*` up to a closing parenthesis or the end, and leaves the cursor there.
Result<std::vector<std::byte>> parse_module_fields(Cursor& cursor, const ParseOptions& options,
                                                   const std::optional<std::string>& module_name);

/// Parses a whole text: `(module …)` or bare fields. Errors: also deadline_exceeded, if the options set a
/// deadline.
Result<std::vector<std::byte>> parse_module_text(std::string_view text, const ParseOptions& options);

} // namespace skerry::vm::wat
