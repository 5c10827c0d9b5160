#include "host/cli/cli11.hpp"

namespace skerry::host::cli {

namespace {

class UsageFormatter : public CLI::Formatter {
public:
  explicit UsageFormatter(std::string arguments) : arguments_(std::move(arguments)) {}

  std::string make_usage(const CLI::App* app, std::string name) const override {
    if (name.empty() && app->get_parent()) name = app->get_parent()->get_name() + " " + app->get_name();
    return "Usage: " + name + " [OPTIONS] " + arguments_ + "\n";
  }

private:
  std::string arguments_;
};

} // namespace

std::shared_ptr<CLI::Formatter> usage_formatter(std::string arguments) {
  return std::make_shared<UsageFormatter>(std::move(arguments));
}

} // namespace skerry::host::cli
