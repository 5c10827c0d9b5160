#include "host/guest/host_functions.hpp"

#include "host/guest/functions.hpp"
#include "host/guest/host_grant.hpp"

#include <type_traits>
#include <utility>

namespace skerry::host {

namespace {

/// How many instructions a call of a host function costs. The bytes that the host function moves cost
/// extra.
constexpr uint64_t call_price = 64;

/// Counts the call of a host function, charges its fuel, and checks the deadline and interrupts.
Result<void> begin(HostCall& call) {
  if (!call.state().count_host_call()) return fail(Error::host("too many calls of host functions"));
  if (call.meter.must_stop() || call.meter.spend(call_price)) return fail(std::move(*call.meter.stop));
  return {};
}

bool is_granted(HostGrant grant, const Manifest& manifest) {
  const Capabilities& capabilities = manifest.capabilities;
  switch (grant) {
  case HostGrant::none: return true;
  case HostGrant::file_system: return capabilities.allow_file_system && !capabilities.allowed_paths.empty();
  case HostGrant::network: return capabilities.allow_network && !capabilities.allowed_hosts.empty();
  case HostGrant::config: return manifest.config.has_value();
  case HostGrant::key_value: return capabilities.allow_key_value;
  }
  std::unreachable();
}

template <auto function> struct Link;
template <class R, class... Args, R (*function)(HostCall&, Args...)> struct Link<function> {
  static void define(Linker& linker, const char* name, const Manifest& manifest,
                     const PluginServices& services) {
    linker.define("env", name, [&manifest, &services](Caller& caller, Args... args) -> Result<R> {
      HostCall call{caller, manifest, services, HostMeter(caller)};
      if (auto ok = begin(call); !ok) return fail(std::move(ok.error()));
      if constexpr (std::is_void_v<R>) {
        function(call, args...);
        if (call.meter.stop) return fail(std::move(*call.meter.stop));
        return {};
      } else {
        const R result = function(call, args...);
        if (call.meter.stop) return fail(std::move(*call.meter.stop));
        return result;
      }
    });
  }
};

enum class Presence : uint8_t { always, granted };

} // namespace

void define_host_functions(Linker& linker, const Manifest& manifest, const PluginServices& services) {
#define SKERRY_HOST_GRANT(...)
#define SKERRY_HOST_ERROR(...)
#define SKERRY_HOST_FUNCTION(name, parameters, result, grant, presence, ...)                                 \
  if (Presence::presence == Presence::always || is_granted(HostGrant::grant, manifest))                      \
    Link<&functions::name>::define(linker, #name, manifest, services);
#include "host/guest/functions.def"
#undef SKERRY_HOST_GRANT
#undef SKERRY_HOST_ERROR
#undef SKERRY_HOST_FUNCTION
}

} // namespace skerry::host
