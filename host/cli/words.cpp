#include "host/cli/words.hpp"

#include "host/platform/files.hpp"

#include <algorithm>
#include <string_view>

namespace skerry::host::cli {

namespace {

using Words = std::vector<std::string>;

const CLI::App* command_named(const CLI::App& app, const std::string& name) {
  for (const CLI::App* command : app.get_subcommands({}))
    if (command->get_name() == name) return command;
  return nullptr;
}

/// Returns whether a first word that is not a command is a module to run: standard input, a path, a name with
/// a suffix, or a file that exists.
bool names_module(const std::string& word) {
  if (word == "-" || word.find_first_of("./") != word.npos) return !word.starts_with("--");
  const auto status = platform::file_status(word);
  return status && status->kind == platform::FileKind::regular;
}

/// Rewrites the forms that the first word decides.
void expand_first_word(const CLI::App& app, Words& words) {
  const std::string first = words.front();
  if (first == "version") words.front() = "--version";
  if (first == "help") {
    words.erase(words.begin());
    if (words.empty() || command_named(app, words.front()) != nullptr) words.emplace_back("--help");
  }
  const bool may_run = command_named(app, "run") != nullptr && command_named(app, first) == nullptr;
  if (may_run && (first == "--" || (!first.starts_with("--") && names_module(first))))
    words.insert(words.begin(), "run");
}

/// Returns whether `word` is an option of `command` whose value is the next word.
bool takes_next_word(const CLI::App& command, const std::string& word) {
  if (word.size() < 2 || word[0] != '-') return false;
  const bool is_long = word[1] == '-';
  if (is_long ? word.find('=') != word.npos : word.size() != 2) return false;
  const CLI::Option* option = command.get_option_no_throw(word);
  return option != nullptr && option->get_items_expected_min() > 0;
}

/// Returns where the operands begin: at the first word that is neither an option nor the value of one.
size_t first_operand(const CLI::App& command, const Words& words) {
  size_t at = 1;
  while (at < words.size() && words[at].size() > 1 && words[at].starts_with('-') && words[at] != "--")
    at += takes_next_word(command, words[at]) ? 2 : 1;
  return std::min(at, words.size());
}

/// Removes "--" before the operands. The library would look at an operand after it that begins with "-".
void take_mark(const CLI::App& command, Words& words) {
  const size_t at = first_operand(command, words);
  if (at == words.size() || words[at] != "--") return;
  words.erase(words.begin() + static_cast<std::ptrdiff_t>(at));
  if (at < words.size() && words[at].starts_with('-') && words[at] != "-") words[at].insert(0, "./");
}

/// Makes two words of "--dir=", whose value is empty: the library would take the next word as the value.
void split_empty_values(const CLI::App& command, Words& words, size_t end) {
  for (size_t i = 0; i < end; ++i) {
    if (takes_next_word(command, words[i])) {
      ++i; // the value may look like an option
      continue;
    }
    const bool is_empty_value = words[i].size() > 3 && words[i].find('=') + 1 == words[i].size();
    if (!is_empty_value || !words[i].starts_with("--")) continue;
    words[i].pop_back();
    words.insert(words.begin() + static_cast<std::ptrdiff_t>(++i), "");
    ++end;
  }
}

} // namespace

std::vector<std::string> plain_words(const CLI::App& app, std::vector<std::string> words) {
  if (words.empty()) return words;
  expand_first_word(app, words);
  const CLI::App* command = words.empty() ? nullptr : command_named(app, words.front());
  if (command == nullptr) return words;
  const bool hands_operands_on = command->get_prefix_command();
  if (hands_operands_on) take_mark(*command, words);
  split_empty_values(*command, words, hands_operands_on ? first_operand(*command, words) : words.size());
  return words;
}

} // namespace skerry::host::cli
