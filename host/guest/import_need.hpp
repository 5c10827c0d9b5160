// The provider of an import, and the capability that a plugin needs for it. Internal.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace skerry::host {

enum class Provider { wasi, host, none };

/// What a manifest must grant to make an import useful. It also covers functions that always exist but report
/// "denied" without a grant.
struct ImportNeed {
  Provider provider = Provider::none;
  std::vector<std::string> capabilities; ///< manifest keys; empty if nothing is needed
};

ImportNeed import_need(std::string_view module, std::string_view name);

} // namespace skerry::host
