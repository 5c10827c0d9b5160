// BuildInfo: what a build consists of. The build writes the source that defines it
// (.cmake/SkerryBuild.cmake).
#pragma once

namespace skerry::host::cli {

struct BuildInfo {
  const char* version;
  const char* commit;   // empty: unknown; ends with "-dirty" if the working copy had changes
  const char* compiler; // and the machine that it compiled for
  const char* dispatch; // how handlers reach each other
};
extern const BuildInfo build_info;

} // namespace skerry::host::cli
