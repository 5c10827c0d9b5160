#include "host/cli/usage_errors.hpp"

#include "skerry/printable.hpp"
#include "vm/base/near_names.hpp"

#include <string_view>
#include <vector>

namespace skerry::host::cli {

namespace {

/// The command that was being parsed: the last one of those that the line names.
const CLI::App& innermost(const CLI::App& app) {
  const CLI::App* command = &app;
  while (!command->get_subcommands().empty()) command = command->get_subcommands().back();
  return *command;
}

std::string full_name(const CLI::App& command) {
  const CLI::App* parent = command.get_parent();
  return parent == nullptr ? command.get_name() : full_name(*parent) + " " + command.get_name();
}

std::vector<std::string> option_names(const CLI::App& command) {
  std::vector<std::string> names;
  for (const CLI::Option* option : command.get_options()) {
    for (const std::string& name : option->get_lnames()) names.push_back("--" + name);
    for (const std::string& name : option->get_snames()) names.push_back("-" + name);
  }
  return names;
}

std::vector<std::string> command_names(const CLI::App& app) {
  std::vector<std::string> names{"help", "version"};
  for (const CLI::App* command : app.get_subcommands({})) names.push_back(command->get_name());
  return names;
}

/// For an option before the command: says which command has this option.
std::string where_option_belongs(const CLI::App& app, const std::string& option) {
  for (const CLI::App* command : app.get_subcommands({}))
    for (const std::string& name : option_names(*command))
      if (name == option) return "; it stands after its command: " + full_name(*command) + " " + option;
  return "";
}

std::string unknown_option(const CLI::App& command, const std::string& word) {
  const std::string name = word.substr(0, word.find('='));
  std::string hint = where_option_belongs(command, name);
  if (hint.empty()) hint = vm::did_you_mean(name, option_names(command));
  return "unknown option " + printable(name) + hint;
}

/// The message for a word that the commands do not know.
std::string unexpected(const CLI::App& app, const CLI::App& command, const std::string& word) {
  if (word.starts_with('-') && word.size() > 1) return unknown_option(command, word);
  if (&command == &app)
    return "unknown command " + in_quotes(word) + vm::did_you_mean(word, command_names(app));
  return "unexpected argument " + in_quotes(word);
}

/// Says in other words that an option has too few or too many values.
std::string wrong_number(const CLI::App& command, std::string_view what) {
  for (const CLI::Option* option : command.get_options()) {
    const std::string name = option->get_name();
    if (!what.starts_with(name + ":") && what.find(" to " + name + ",") == what.npos) continue;
    if (option->count() > 1) return name + " is given more than once";
    return name + " needs a value: " + option->get_type_name();
  }
  for (const std::string& name : option_names(command))
    if (("--" + std::string(what)).starts_with(name + " ")) return name + " takes no value";
  return std::string(what);
}

std::string what_is_wrong(const CLI::App& app, const CLI::App& command, const CLI::ParseError& error) {
  // The library names some errors after the command, so their exit codes distinguish them.
  const auto is = [&](CLI::ExitCodes code) { return error.get_exit_code() == static_cast<int>(code); };
  const bool misses_something = is(CLI::ExitCodes::RequiredError);
  const bool has_extras = is(CLI::ExitCodes::ExtrasError) || error.get_name() == "CallForHelp";
  if (const auto extras = command.remaining(); !extras.empty() && (has_extras || misses_something))
    return unexpected(app, command, extras.front());
  if (misses_something && &command == &app) return "a command is required";
  if (is(CLI::ExitCodes::ArgumentMismatch)) return wrong_number(command, error.what());
  return error.what();
}

} // namespace

std::string usage_message(const CLI::App& app, const CLI::ParseError& error) {
  const CLI::App& command = innermost(app);
  return what_is_wrong(app, command, error) + "\n" + full_name(command) + " --help explains " +
         (&command == &app ? "the commands" : "the options") + "\n";
}

} // namespace skerry::host::cli
