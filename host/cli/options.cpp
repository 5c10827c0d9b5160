#include "host/cli/options.hpp"

#include "host/cli/units.hpp"
#include "skerry/printable.hpp"

namespace skerry::host::cli {

namespace {

/// The name that messages use: the last one, which is the long one.
std::string shown(const std::string& name) { return name.substr(name.rfind(',') + 1); }

[[noreturn]] void refuse(const std::string& name, const std::string& value, const std::string& wanted) {
  throw CLI::ValidationError(shown(name), in_quotes(value) + " is not " + wanted);
}

/// Adds an option that hands all its values to `use`, unchanged.
CLI::Option* add_raw(CLI::App& command, const std::string& name, OptionHelp help,
                     std::function<void(const std::vector<std::string>&)> use) {
  CLI::Option* option =
      command.add_option(name, CLI::callback_t([use = std::move(use)](const CLI::results_t& values) {
                           use(values);
                           return true;
                         }),
                         help.text);
  return option->type_name(help.value)->allow_extra_args(false);
}

} // namespace

CLI::Option* add_with(CLI::App& command, const std::string& name, OptionHelp help,
                      std::function<void(const std::string& value)> use) {
  return add_raw(command, name, help, [use = std::move(use)](const auto& values) { use(values.front()); });
}

CLI::Option* add_text(CLI::App& command, const std::string& name, std::string& to, OptionHelp help) {
  return add_with(command, name, help, [&to](const std::string& text) { to = text; });
}

CLI::Option* add_text(CLI::App& command, const std::string& name, std::optional<std::string>& to,
                      OptionHelp help) {
  return add_with(command, name, help, [&to](const std::string& text) { to = text; });
}

CLI::Option* add_texts(CLI::App& command, const std::string& name, std::vector<std::string>& to,
                       OptionHelp help) {
  return add_raw(command, name, help, [&to](const auto& values) { to = values; })
      ->multi_option_policy(CLI::MultiOptionPolicy::TakeAll);
}

CLI::Option* add_operands(CLI::App& command, const std::string& name, std::vector<std::string>& to,
                          const char* help) {
  return add_raw(command, name, {help, ""}, [&to](const auto& values) { to = values; })
      ->allow_extra_args(true)
      ->expected(1, -1)
      ->required();
}

CLI::Option* add_size(CLI::App& command, const std::string& name, std::optional<uint64_t>& to,
                      OptionHelp help) {
  return add_with(command, name, help, [name, &to](const std::string& text) {
    to = parse_size(text);
    if (!to) refuse(name, text, "a size such as 65536, 64K, 64MiB or 1.5GB");
  });
}

CLI::Option* add_duration(CLI::App& command, const std::string& name,
                          std::optional<std::chrono::nanoseconds>& to, OptionHelp help) {
  return add_with(command, name, help, [name, &to](const std::string& text) {
    to = parse_duration(text);
    if (!to) refuse(name, text, "a duration such as 500ms, 1.5s or 2m");
  });
}

uint64_t count_value(const std::string& name, const std::string& text, CountRange range) {
  const auto count = parse_count(text);
  if (!count) refuse(name, text, "a count such as 1000 or 1e9");
  if (*count < range.least || *count > range.most)
    refuse(name, text, "from " + std::to_string(range.least) + " to " + std::to_string(range.most));
  return *count;
}

void refuse_choice(const std::string& name, const std::string& value,
                   const std::vector<std::string>& choices) {
  std::string list;
  for (const std::string& choice : choices) list += (list.empty() ? "" : ", ") + choice;
  refuse(name, value, "one of " + list);
}

} // namespace skerry::host::cli
