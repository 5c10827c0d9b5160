#include "host/plugin_instance.hpp"

#include "host/engine_error.hpp"
#include "host/host_functions.hpp"

#include <algorithm>
#include <cstdlib>

namespace skerry::host {

namespace {

/// Passes on what the guest prints, up to the limit; the guest does not notice when the rest is dropped.
wasi::OutputCallback limited_output(const PluginCode& code, std::shared_ptr<uint64_t> left) {
  return [&code, left = std::move(left)](std::span<const std::byte> bytes) {
    auto taken = static_cast<size_t>(std::min<uint64_t>(bytes.size(), *left));
    *left -= taken;
    if (taken != 0) code.output(code.manifest.meta.name, bytes.first(taken));
    return bytes.size();
  };
}

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

wasi::Config wasi_config(const PluginCode& code) {
  const Capabilities& capabilities = code.manifest.capabilities;
  wasi::Config config;
  config.args = {code.manifest.meta.name};
  config.env = environment(code.manifest);
  if (capabilities.allow_file_system) {
    for (const PathGrant& grant : capabilities.allowed_paths) {
      bool writable = grant.mode == PathMode::read_write;
      config.preopens.push_back(
          {grant.host, grant.guest, writable ? wasi::PreopenMode::read_write : wasi::PreopenMode::read_only});
    }
  }
  auto left = std::make_shared<uint64_t>(capabilities.max_output_bytes());
  config.stdout_stream = limited_output(code, left);
  config.stderr_stream = limited_output(code, left);
  return config;
}

StoreLimits store_limits(const Capabilities& capabilities) {
  StoreLimits limits;
  limits.memory_bytes = capabilities.max_memory_bytes();
  limits.table_elements = capabilities.max_table_elements;
  limits.stack_bytes = capabilities.max_stack_bytes();
  return limits;
}

} // namespace

PluginInstance::PluginInstance(const PluginCode& code, wasi::Context context)
    : code_(code), context_(std::move(context)), linker_(code.module.engine()),
      store_(code.module.engine(), store_limits(code.manifest.capabilities)) {}

Expected<std::unique_ptr<PluginInstance>> PluginInstance::start(const PluginCode& code) {
  auto context = wasi::Context::create(wasi_config(code));
  if (!context) return std::unexpected(engine_error(code.manifest, Phase::link, context.error()));
  std::unique_ptr<PluginInstance> instance(new PluginInstance(code, std::move(*context)));
  if (auto done = instance->instantiate(); !done) return std::unexpected(std::move(done.error()));
  return instance;
}

void PluginInstance::arm(Store::Clock::time_point deadline) {
  store_.set_fuel(code_.manifest.fuel.value_or(Store::unlimited_fuel));
  store_.set_deadline(deadline);
}

Expected<void> PluginInstance::instantiate() {
  wasi::add_to_linker(linker_, context_);
  define_host_functions(linker_, code_.manifest.capabilities);
  arm();
  auto start = Store::Clock::now();
  auto instance = linker_.instantiate(store_, code_.module);
  if (!instance) {
    auto elapsed = Store::Clock::now() - start;
    return std::unexpected(engine_error(code_.manifest, Phase::instantiate, instance.error(), elapsed));
  }
  guest_.emplace(code_.abi, code_.manifest, *instance);
  arm();
  if (auto started = guest_->start(); !started) return started;
  arm();
  return guest_->check_version();
}

template <class T> Expected<T> PluginInstance::checked(Expected<T> result) {
  broken_ |= !result;
  return result;
}

Expected<std::optional<std::string>> PluginInstance::meta() {
  arm();
  return checked(guest_->meta());
}

Expected<void> PluginInstance::init() {
  arm();
  return checked(guest_->init());
}

Expected<std::string> PluginInstance::execute(std::string_view input, Store::Clock::time_point deadline) {
  arm(deadline);
  return checked(guest_->execute(std::as_bytes(std::span(input))));
}

Expected<void> PluginInstance::destroy() {
  arm();
  return checked(guest_->destroy());
}

} // namespace skerry::host
