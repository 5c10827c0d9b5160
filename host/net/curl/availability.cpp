// Builds with libcurl can connect to other hosts. This is a separate source, so that programs that only
// read manifests do not link libcurl.
#include "host/net/network.hpp"

namespace skerry::host {

std::string_view why_no_network() noexcept { return {}; }

} // namespace skerry::host
