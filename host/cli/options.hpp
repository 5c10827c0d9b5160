// Adds options to commands. CLI11 converts values by its own rules: a count may be negative or octal, and
// "{}" and "[a,b]" are lists. These functions take each value as the text that was typed.
#pragma once

#include "host/cli/cli11.hpp"

#include <chrono>
#include <concepts>
#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace skerry::host::cli {

/// The text that is shown for an option in the help, and how its value is named there.
struct OptionHelp {
  const char* text;
  const char* value; ///< such as "FILE"; empty for a positional, whose name says it
};

// In all these functions, `name` is that of CLI11: "-o,--output", or "FILE" for a positional. `to` receives
// the value, and must outlive the parsing of the command line.

/// An option whose value is any text, the empty one included.
CLI::Option* add_text(CLI::App& command, const std::string& name, std::string& to, OptionHelp help);
/// Like the function above; `to` tells whether the option was given.
CLI::Option* add_text(CLI::App& command, const std::string& name, std::optional<std::string>& to,
                      OptionHelp help);
/// An option that may be given several times, with one value each. `to` has the values in their order.
CLI::Option* add_texts(CLI::App& command, const std::string& name, std::vector<std::string>& to,
                       OptionHelp help);
/// A positional that takes one text or more. The library takes a text such as "[a,b]" as a list, so a file of
/// this name has to be given as "./[a,b]".
CLI::Option* add_operands(CLI::App& command, const std::string& name, std::vector<std::string>& to,
                          const char* help);

/// A size in bytes (units.hpp).
CLI::Option* add_size(CLI::App& command, const std::string& name, std::optional<uint64_t>& to,
                      OptionHelp help);
/// A duration (units.hpp).
CLI::Option* add_duration(CLI::App& command, const std::string& name,
                          std::optional<std::chrono::nanoseconds>& to, OptionHelp help);

/// The values that an option takes.
struct CountRange {
  uint64_t least = 0, most = std::numeric_limits<uint64_t>::max();
};
/// Parses the value of the option `name`, a count in `range` (units.hpp). Throws CLI::ValidationError.
uint64_t count_value(const std::string& name, const std::string& text, CountRange range);
/// Calls `use` with the option's value. What `use` throws ends the parsing.
CLI::Option* add_with(CLI::App& command, const std::string& name, OptionHelp help,
                      std::function<void(const std::string& value)> use);

/// A count (units.hpp) within `range` and within what `to` can hold.
template <std::unsigned_integral T>
CLI::Option* add_count(CLI::App& command, const std::string& name, T& to, OptionHelp help,
                       CountRange range = {}) {
  range.most = std::min<uint64_t>(range.most, std::numeric_limits<T>::max());
  return add_with(command, name, help, [name, &to, range](const std::string& text) {
    to = static_cast<T>(count_value(name, text, range));
  });
}

/// Throws CLI::ValidationError: `value` is not one of `choices`, which the message lists.
[[noreturn]] void refuse_choice(const std::string& name, const std::string& value,
                                const std::vector<std::string>& choices);
/// One of several words, each of which stands for a value.
template <class T>
CLI::Option* add_choice(CLI::App& command, const std::string& name, T& to, OptionHelp help,
                        std::vector<std::pair<std::string, T>> choices) {
  return add_with(command, name, help, [name, &to, choices = std::move(choices)](const std::string& text) {
    std::vector<std::string> words;
    for (const auto& [word, value] : choices) {
      words.push_back(word);
      if (word == text) return void(to = value);
    }
    refuse_choice(name, text, words);
  });
}

} // namespace skerry::host::cli
