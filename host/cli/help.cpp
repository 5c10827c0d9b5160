#include "host/cli/help.hpp"

#include "host/cli/style.hpp"

#include <algorithm>
#include <utility>
#include <vector>

namespace skerry::host::cli {

namespace {

constexpr size_t columns = 80, widest_name = 27;

/// Breaks `text` into lines of at most `width` columns, between words.
std::vector<std::string> wrapped(const std::string& text, size_t width) {
  std::vector<std::string> lines(1);
  for (const std::string& word : CLI::detail::split(text, ' ')) {
    if (!lines.back().empty() && lines.back().size() + 1 + word.size() > width) lines.emplace_back();
    lines.back() += (lines.back().empty() ? "" : " ") + word;
  }
  return lines;
}

/// Breaks the paragraphs of a footer, each of which is one line. Examples stay as they are.
std::string broken(const std::string& footer) {
  std::string text;
  for (const std::string& line : CLI::detail::split(footer, '\n')) {
    if (line.starts_with("  "))
      text += line + "\n";
    else
      for (const std::string& piece : wrapped(line, columns)) text += piece + "\n";
  }
  return text;
}

using Row = std::pair<std::string, std::string>; // a name, and what it means

/// Puts the names in one column and the meanings in another.
std::string table(const std::vector<Row>& rows) {
  size_t name_width = 0;
  for (const auto& [name, meaning] : rows)
    if (name.size() <= widest_name) name_width = std::max(name_width, name.size());
  std::string text;
  for (const auto& [name, meaning] : rows) {
    std::string line = "  " + name;
    for (const std::string& piece : wrapped(meaning, columns - name_width - 4)) {
      if (line.size() > name_width + 2) text += std::exchange(line, "") + "\n";
      line.resize(name_width + 4, ' ');
      text += std::exchange(line, "") + piece + "\n";
    }
  }
  return text;
}

/// "-o, --output FILE"
std::string name_of(const CLI::Option& option) {
  if (option.get_positional()) return option.get_name(true);
  std::string name;
  for (const std::string& letter : option.get_snames()) name += (name.empty() ? "-" : ", -") + letter;
  for (const std::string& word : option.get_lnames()) name += (name.empty() ? "--" : ", --") + word;
  if (!option.get_option_text().empty()) return name + option.get_option_text();
  const bool has_value = option.get_type_size() != 0 && !option.get_type_name().empty();
  return has_value ? name + " " + option.get_type_name() : name;
}

/// The rows of a command's options, the help option last.
std::vector<Row> rows_of(const CLI::App& command, bool positional) {
  std::vector<Row> rows;
  const auto add = [&](const CLI::Option& option) {
    rows.emplace_back(name_of(option), option.get_description());
  };
  for (const CLI::Option* option : command.get_options())
    if (option->get_positional() == positional && option != command.get_help_ptr()) add(*option);
  if (!positional && command.get_help_ptr() != nullptr) add(*command.get_help_ptr());
  return rows;
}

std::string operands_of(const CLI::App& command) {
  std::string text;
  for (const CLI::Option* option : command.get_options()) {
    if (!option->get_positional()) continue;
    const bool takes_several = option->get_expected_max() > 1;
    text += " " + option->get_name(true) + (takes_several ? "..." : "");
  }
  return text;
}

class HelpFormatter : public CLI::FormatterBase {
public:
  HelpFormatter(bool coloured, std::string operands) : coloured_(coloured), operands_(std::move(operands)) {}

  std::string make_help(const CLI::App* app, std::string name, CLI::AppFormatMode) const override {
    const auto commands = app->get_subcommands({});
    std::string text = heading("Usage:") + " " + name;
    text += operands_.empty() ? usage_of(*app, !commands.empty()) : operands_;
    text += "\n\n" + app->get_description() + "\n";
    std::vector<Row> rows;
    for (const CLI::App* command : commands)
      rows.emplace_back(command->get_name(), command->get_description());
    if (!rows.empty()) { // words.hpp
      rows.emplace_back("help", "Print this help, or that of a command");
      rows.emplace_back("version", "Print the version");
    }
    add_part(text, "Commands:", rows);
    add_part(text, "Operands:", rows_of(*app, true));
    add_part(text, "Options:", rows_of(*app, false));
    return text + "\n" + with_headings(broken(app->get_footer()));
  }

private:
  static std::string usage_of(const CLI::App& app, bool has_commands) {
    return (has_commands ? " COMMAND" : "") + std::string(" [OPTIONS]") + operands_of(app);
  }
  std::string heading(std::string_view text) const { return styled(Style::heading, text, coloured_); }
  void add_part(std::string& text, std::string_view title, const std::vector<Row>& rows) const {
    if (!rows.empty()) text += "\n" + heading(title) + "\n" + table(rows);
  }
  /// Emphasizes the heading of the examples.
  std::string with_headings(std::string text) const {
    for (const std::string title : {"Examples:", "Example:"}) {
      const size_t at = text.find(title);
      if (at != text.npos) return text.replace(at, title.size(), heading(title));
    }
    return text;
  }

  bool coloured_;
  std::string operands_;
};

} // namespace

std::shared_ptr<CLI::FormatterBase> help_formatter(bool coloured, std::string operands) {
  return std::make_shared<HelpFormatter>(coloured, std::move(operands));
}

} // namespace skerry::host::cli
