// Replaces host/cli/plugin/httplib in builds with SKERRY_WITH_SERVER=OFF.
#include "host/cli/plugin/serve.hpp"

#include "host/cli/commands.hpp"
#include "host/cli/output.hpp"

namespace skerry::host::cli {

int serve(const std::string&) {
  complain("this build has no server (SKERRY_WITH_SERVER=OFF)");
  return usage_error;
}

} // namespace skerry::host::cli
