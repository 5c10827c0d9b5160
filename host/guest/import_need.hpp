// The provider of an import, and the capability that a plugin needs for it. Internal.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace skerry::host {

enum class Provider { wasi, host, nobody };

/// What a plugin's manifest must grant before an import is of use. Functions that only tell "denied" need it
/// too.
struct ImportNeed {
  Provider provider = Provider::nobody;
  std::vector<std::string> capabilities; ///< manifest keys; empty: nothing is needed
};

ImportNeed import_need(std::string_view module, std::string_view name);

} // namespace skerry::host
