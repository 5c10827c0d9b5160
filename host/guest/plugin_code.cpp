#include "host/guest/plugin_code.hpp"

#include "host/guest/call_state.hpp"
#include "host/guest/host_functions.hpp"

#include <cstdlib>
#include <string>
#include <utility>
#include <vector>

namespace skerry::host {

namespace {

std::vector<std::pair<std::string, std::string>> environment(const Manifest& manifest) {
  std::vector<std::pair<std::string, std::string>> env{{"PLUGIN_VERSION", manifest.meta.version}};
  if (!manifest.capabilities.allow_env) return env;
  for (const EnvGrant& grant : manifest.capabilities.env) {
    const char* inherited = grant.value ? nullptr : std::getenv(grant.name.c_str());
    if (grant.value) env.emplace_back(grant.name, *grant.value);
    if (inherited) env.emplace_back(grant.name, inherited);
  }
  return env;
}

/// Returns the WASI configuration that all instances share. Each instance adds its own output streams.
wasi::Config wasi_config(const Manifest& manifest) {
  const Capabilities& capabilities = manifest.capabilities;
  wasi::Config config;
  config.args = {manifest.meta.name};
  config.env = environment(manifest);
  if (capabilities.allow_file_system) {
    for (const PathGrant& grant : capabilities.allowed_paths) {
      bool writable = grant.mode == PathMode::read_write;
      config.preopens.push_back(
          {grant.host, grant.guest, writable ? wasi::PreopenMode::read_write : wasi::PreopenMode::read_only});
    }
  }
  config.limits.open_descriptors =
      3 + static_cast<uint32_t>(config.preopens.size()) + capabilities.max_open_files;
  return config;
}

} // namespace

PluginCode::PluginCode(Manifest m, Module compiled, PluginServices shared, BudgetShare taken)
    : manifest(std::move(m)), module(std::move(compiled)), services(std::move(shared)),
      wasi(wasi_config(manifest)), linker(module.engine()), bytes_(std::move(taken)) {
  wasi::add_to_linker(linker, [](Caller& caller) -> wasi::Context* {
    CallState* state = CallState::of(caller);
    return state != nullptr && state->count_host_call() ? state->context : nullptr;
  });
  define_host_functions(linker, manifest, services);
}

} // namespace skerry::host
