// Plugin manifests, plugin results and network rules: any text is accepted, or refused with a reason.
#include "fuzz/target.hpp"
#include "skerry/host/capability.hpp"
#include "skerry/host/manifest.hpp"
#include "skerry/host/plugin_types.hpp"

#include <string_view>

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace skerry::host;
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  if (const auto manifest = parse_manifest(text, "/plugins")) {
    FUZZ_CHECK(!manifest->meta.name.empty() && manifest->timeout.count() > 0);
    FUZZ_CHECK(manifest->capabilities.max_memory_mb >= 1 && manifest->capabilities.max_memory_mb <= 4096);
  } else {
    FUZZ_CHECK(!manifest.error().message.empty());
  }
  if (const auto result = parse_plugin_result(text); !result) FUZZ_CHECK(!result.error().message.empty());
  if (const auto rule = HostRule::parse(text)) {
    FUZZ_CHECK(!rule->host().empty());
    (void)rule->matches(text, 443);
  }
  return 0;
}
