// The cells of the matrix of limits that need the plugin host.
#pragma once

#include <string_view>

namespace skerry::test::limits {

/// Runs the plugin guest of this name under one limit.
using PluginCell = void (*)(std::string_view guest);

void plugin_with_fuel(std::string_view guest);
void plugin_with_deadline(std::string_view guest);
/// A call with a shorter timeout than the manifest's: the plugin host's counterpart of an interrupt.
void plugin_with_caller_timeout(std::string_view guest);
void plugin_with_budget(std::string_view guest);

} // namespace skerry::test::limits
