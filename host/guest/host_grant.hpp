// The grants that host functions need from a manifest. Internal.
#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

namespace skerry::host {

enum class HostGrant : uint8_t {
#define SKERRY_HOST_GRANT(name, keys) name,
#define SKERRY_HOST_ERROR(...)
#define SKERRY_HOST_FUNCTION(...)
#include "host/guest/functions.def"
#undef SKERRY_HOST_GRANT
};

/// Returns the manifest keys that give the grant; an empty list for HostGrant::none.
inline std::vector<std::string> manifest_keys(HostGrant grant) {
#define SKERRY_HOST_KEYS(...) {__VA_ARGS__}
#define SKERRY_HOST_GRANT(name, keys)                                                                        \
  case HostGrant::name: return SKERRY_HOST_KEYS keys;
  switch (grant) {
#include "host/guest/functions.def"
  }
  std::unreachable();
#undef SKERRY_HOST_GRANT
#undef SKERRY_HOST_KEYS
#undef SKERRY_HOST_ERROR
#undef SKERRY_HOST_FUNCTION
}

} // namespace skerry::host
