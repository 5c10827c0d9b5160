// Reports that this build can connect to other hosts, because it has libcurl. The function is in its own
// file, so that programs that only read manifests do not link libcurl.
#include "host/net/network.hpp"

namespace skerry::host {

std::string_view why_no_network() noexcept { return {}; }

} // namespace skerry::host
