// Translates a module from the text format directly into the binary format (spec §6.6).
#pragma once

#include "skerry/error.hpp"
#include "skerry/limits.hpp"
#include "vm/wat/cursor.hpp"
#include "vm/wat/text_places.hpp"

#include <cstddef>
#include <string>
#include <vector>

namespace skerry::vm::wat {

struct ParseOptions {
  /// Whether to write the identifiers into a name section.
  bool names = false;
  /// The limits on the number of items of each kind.
  ModuleLimits limits = {};
  std::chrono::steady_clock::time_point deadline = std::chrono::steady_clock::time_point::max();
  /// If not null, receives the places in the text from which the module's bytes come.
  TextPlaces* places = nullptr;
};

/// Parses module fields up to a closing parenthesis or the end of the text, and leaves the cursor there.
/// `module_name` is the name for the name section.
Result<std::vector<std::byte>> parse_module_fields(Cursor& cursor, const ParseOptions& options,
                                                   const std::optional<std::string>& module_name);

/// Parses a whole text, which is `(module …)` or only module fields. Errors: malformed, limit;
/// deadline_exceeded if the options set a deadline.
Result<std::vector<std::byte>> parse_module_text(std::string_view text, const ParseOptions& options);

} // namespace skerry::vm::wat
