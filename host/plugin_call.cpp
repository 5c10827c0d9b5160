// A call that rests between its parts, parked in its pool.
#include "skerry/host/plugin_call.hpp"

#include "host/engine_error.hpp"
#include "host/plugin_impl.hpp"

#include <optional>
#include <utility>

namespace skerry::host {

struct PluginCall::Impl {
  Impl(std::shared_ptr<Plugin> owner, Plugin::Impl::Started begun, std::string input)
      : plugin(std::move(owner)), manifest(begun.lease.generation().manifest()), started(std::move(begun)) {
    started->lease->begin(std::move(input), started->deadline);
    started->lease.generation().park();
  }
  ~Impl() {
    if (started) end_early(make_error(manifest, Phase::call, "cancelled", "the call was given up"), false);
  }
  Impl(const Impl&) = delete;
  Impl& operator=(const Impl&) = delete;

  Expected<State> run(uint64_t instructions);
  void finish();
  void end_early(const PluginError& error, bool unparked);

  const std::shared_ptr<Plugin> plugin;
  const Manifest manifest;                      // the generation's may be gone when the call has ended
  std::optional<Plugin::Impl::Started> started; // until it ends
  std::string result;
};

void PluginCall::Impl::finish() {
  result = started->lease->take_answer();
  started->lease->end();
  plugin->impl().end(*started, nullptr);
  started.reset();
}

void PluginCall::Impl::end_early(const PluginError& error, bool unparked) {
  if (!unparked) (void)started->lease.generation().unpark();
  started->lease->end();
  plugin->impl().end(*started, &error);
  started.reset();
}

Expected<PluginCall::State> PluginCall::Impl::run(uint64_t instructions) {
  if (!started) return std::unexpected(make_error(manifest, Phase::call, "usage", "the call has ended"));
  Generation& generation = started->lease.generation();
  auto state = generation.unpark()
                   ? started->lease->resume(instructions)
                   : Expected<ResumableExecution::State>(std::unexpected(generation.unloaded()));
  if (!state) {
    end_early(state.error(), true);
    return std::unexpected(std::move(state.error()));
  }
  switch (*state) {
  case ResumableExecution::State::finished: finish(); return State::finished;
  case ResumableExecution::State::out_of_fuel: generation.park(); return State::out_of_fuel;
  case ResumableExecution::State::not_ready: generation.park(); return State::not_ready;
  }
  std::unreachable();
}

PluginCall::PluginCall(std::unique_ptr<Impl> impl) noexcept : impl_(std::move(impl)) {}
PluginCall::PluginCall(PluginCall&&) noexcept = default;
PluginCall& PluginCall::operator=(PluginCall&&) noexcept = default;
PluginCall::~PluginCall() = default;

Expected<PluginCall> PluginCall::begin(std::shared_ptr<Plugin> plugin, std::string input,
                                       const CallOptions& options) {
  auto started = plugin->impl().begin(input.size(), options);
  if (!started) return std::unexpected(std::move(started.error()));
  return PluginCall(std::make_unique<Impl>(std::move(plugin), std::move(*started), std::move(input)));
}

Expected<PluginCall::State> PluginCall::run(uint64_t instructions) { return impl_->run(instructions); }
const std::string& PluginCall::result() const noexcept { return impl_->result; }

} // namespace skerry::host
