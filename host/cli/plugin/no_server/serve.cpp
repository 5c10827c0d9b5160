// Replaces host/cli/plugin/with_server in builds with SKERRY_WITH_SERVER=OFF.
#include "host/cli/plugin/serve.hpp"

#include "host/cli/commands.hpp"
#include "host/cli/output.hpp"

namespace skerry::host::cli {

namespace {

int refuse() {
  complain("this build has no server (SKERRY_WITH_SERVER=OFF)");
  return usage_error;
}

} // namespace

int serve(const std::string&, std::chrono::milliseconds) { return refuse(); }
int check_config(const std::string&) { return refuse(); }

} // namespace skerry::host::cli
