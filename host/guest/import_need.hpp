// The provider of an import, and the capability that a plugin needs for it. Internal.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace skerry::host {

enum class Provider { wasi, host, none };

/// The provider of an import, and the manifest keys that make the import useful. Some functions, such as
/// fs_check, can be imported by every plugin but refuse requests without a grant. For these functions, the
/// keys of that grant are listed.
struct ImportNeed {
  Provider provider = Provider::none;
  std::vector<std::string> capabilities; ///< manifest keys; empty if nothing is needed
};

ImportNeed import_need(std::string_view module, std::string_view name);

} // namespace skerry::host
