#include "host/guest/plugin_instance.hpp"

#include "host/support/as_text.hpp"
#include "host/support/callback.hpp"
#include "host/support/engine_error.hpp"
#include "host/support/fail.hpp"
#include "host/support/out_of_memory.hpp"

#include <algorithm>

namespace skerry::host {

namespace {

StoreLimits store_limits(const Capabilities& capabilities) {
  StoreLimits limits;
  limits.memory_bytes = capabilities.max_memory_bytes();
  limits.table_elements = capabilities.max_table_elements;
  limits.stack_bytes = capabilities.max_stack_bytes();
  return limits;
}

} // namespace

PluginInstance::PluginInstance(const PluginCode& code, wasi::Context context)
    : code_(code), context_(std::move(context)),
      store_(code.module.engine(), store_limits(code.manifest.capabilities)) {
  state_.context = &context_;
  store_.set_budget(code.services.budget);
  store_.set_user_data(&state_);
}

Expected<std::unique_ptr<PluginInstance>> PluginInstance::create(const PluginCode& code) {
  wasi::Config config = code.wasi;
  // The callbacks are made before the instance, so they find the instance through `self`, which is set below.
  auto self = std::make_shared<PluginInstance*>(nullptr);
  const auto output = [self](size_t stream) {
    return [self, stream](std::span<const std::byte> bytes) {
      (*self)->print(stream, bytes);
      return bytes.size();
    };
  };
  config.stdout_stream = wasi::OutputCallback(output(0));
  config.stderr_stream = wasi::OutputCallback(output(1));
  auto context = wasi::Context::create(std::move(config));
  if (!context) return fail(engine_error(code.manifest, Phase::link, context.error()));
  std::unique_ptr<PluginInstance> instance(new PluginInstance(code, std::move(*context)));
  *self = instance.get();
  return instance;
}

/// Passes the guest's output on, up to the call's output limit. Output beyond the limit is dropped, but
/// reported to the guest as written.
void PluginInstance::print(size_t stream, std::span<const std::byte> bytes) {
  const auto taken = static_cast<size_t>(std::min<uint64_t>(bytes.size(), state_.print_bytes_left));
  state_.print_bytes_left -= taken;
  if (taken == 0) return;
  const GuestOutput& output = code_.services.sinks.output;
  if (output) return output(code_.manifest.meta.name, bytes.first(taken));
  state_.printed[stream].add(as_text(bytes.first(taken)), [&](std::string_view line) { print_line(line); });
}

void PluginInstance::print_line(std::string_view line) const {
  code_.services.sinks.pass_line(code_.manifest.meta.name, LogLevel::output, line);
}

/// Passes on the unfinished lines that the guest has printed. Returns the error if the embedder's function
/// throws.
Expected<void> PluginInstance::end_lines(Phase phase) {
  return unless_thrown(
      [&]() -> Expected<void> {
        for (GuestLines& lines : state_.printed) lines.end([&](std::string_view line) { print_line(line); });
        return {};
      },
      [&](const std::string& text) -> Expected<void> {
        return fail(code_.manifest, phase, PluginErrorCode::callback,
                    "guest_log threw an exception: " + text);
      });
}

Expected<std::unique_ptr<PluginInstance>> PluginInstance::start(const PluginCode& code) {
  auto instance = create(code);
  if (!instance) return instance;
  if (auto done = (*instance)->instantiate(); !done) return fail(std::move(done.error()));
  return instance;
}

Expected<std::unique_ptr<PluginInstance>> PluginInstance::from_image(const PluginCode& code,
                                                                     const Image& image) {
  auto instance = create(code);
  if (!instance) return instance;
  PluginInstance& made = **instance;
  auto in = code.linker.instantiate(made.store_, image);
  if (!in) return fail(engine_error(code.manifest, Phase::instantiate, in.error()));
  made.instance_ = *in;
  made.guest_.emplace(code.abi, code.manifest, *in);
  return instance;
}

Expected<Image> PluginInstance::freeze() const {
  auto image = Image::freeze(instance_);
  if (!image) return fail(engine_error(code_.manifest, Phase::instantiate, image.error()));
  return std::move(*image);
}

bool PluginInstance::restore(const Image& image) noexcept {
  broken_ = unless_out_of_memory(
      [&] {
        context_.reset();
        state_.response = {};
        return !image.restore(instance_);
      },
      [] { return true; });
  return !broken_;
}

void PluginInstance::arm(Store::Clock::time_point deadline) {
  state_.start(code_.manifest.capabilities);
  store_.set_fuel(code_.manifest.fuel.value_or(Store::unlimited_fuel));
  store_.set_deadline(deadline);
}

/// Makes `error` say that the guest called too many host functions. The engine does not know this limit, so
/// the engine's error does not name the limit.
void PluginInstance::describe_host_calls(PluginError& error) const {
  const uint64_t allowed = code_.manifest.capabilities.max_host_calls;
  error.code = PluginErrorCode::limit_host_calls;
  error.message = "more than " + std::to_string(allowed) +
                  " calls of host functions; capabilities.maxHostCalls raises it";
  error.limit = LimitReport{"hostCalls", "calls", allowed, std::nullopt, "capabilities.maxHostCalls"};
}

/// Runs `work`, and marks the instance as broken if `work` fails. Running out of memory is also such a
/// failure, because it may leave the guest in any state.
template <class F> std::invoke_result_t<F> PluginInstance::in_part(Phase phase, F&& work) {
  auto result = catching_out_of_memory(code_.manifest.meta.name, phase, "running a plugin",
                                       [&]() -> std::invoke_result_t<F> {
                                         auto done = std::forward<F>(work)();
                                         if (!done && state_.too_many_host_calls)
                                           describe_host_calls(done.error());
                                         return done;
                                       });
  broken_ |= !result;
  return result;
}

/// Like in_part, for work that leaves no unfinished line.
template <class F> std::invoke_result_t<F> PluginInstance::checked(Phase phase, F&& work) {
  return in_part(phase, [&]() -> std::invoke_result_t<F> {
    auto done = std::forward<F>(work)();
    auto ended = end_lines(phase);
    if (done && !ended) return fail(std::move(ended.error()));
    return done;
  });
}

Expected<void> PluginInstance::instantiate() {
  return checked(Phase::instantiate, [&]() -> Expected<void> {
    arm();
    auto start = Store::Clock::now();
    auto instance = code_.linker.instantiate(store_, code_.module);
    if (!instance) {
      auto elapsed = Store::Clock::now() - start;
      return fail(engine_error(code_.manifest, Phase::instantiate, instance.error(), elapsed));
    }
    instance_ = *instance;
    guest_.emplace(code_.abi, code_.manifest, *instance);
    arm();
    if (auto started = guest_->start(); !started) return started;
    arm();
    return guest_->check_version();
  });
}

Expected<std::optional<std::string>> PluginInstance::meta() {
  arm();
  return checked(Phase::init, [&] { return guest_->meta(); });
}

Expected<void> PluginInstance::init() {
  arm();
  return checked(Phase::init, [&] { return guest_->init(); });
}

Expected<void> PluginInstance::begin(std::string input, Store::Clock::time_point deadline) {
  arm(deadline);
  begun_at_ = Store::Clock::now();
  fuel_at_begin_ = store_.fuel_used();
  finished_ = false;
  return catching_out_of_memory(code_.manifest.meta.name, Phase::call, "beginning a call",
                                [&]() -> Expected<void> {
                                  execution_.emplace(*guest_, std::move(input));
                                  return {};
                                });
}

/// Resumes the call. If the call has used all the fuel that the manifest allows and has not finished, it
/// fails with code "fuel".
Expected<ResumableExecution::State> PluginInstance::resume(uint64_t fuel) {
  using State = ResumableExecution::State;
  const uint64_t allowed = code_.manifest.fuel.value_or(Store::unlimited_fuel);
  const uint64_t left = allowed - std::min(allowed, store_.fuel_used() - fuel_at_begin_);
  store_.set_fuel(std::min(std::max<uint64_t>(fuel, 1), left));
  auto state = in_part(Phase::call, [&]() -> Expected<State> {
    auto reached = Store::Clock::now() < store_.deadline() ? execution_->run()
                                                           : failed_now(ErrorCode::deadline_exceeded);
    if (reached && *reached == State::out_of_fuel && store_.fuel_used() - fuel_at_begin_ >= allowed)
      reached = failed_now(ErrorCode::out_of_fuel);
    if (reached && *reached != State::finished) return reached; // the next part may finish the line
    if (auto ended = end_lines(Phase::call); reached && !ended) return fail(std::move(ended.error()));
    return reached;
  });
  finished_ = state && *state == State::finished;
  return state;
}

Unexpected<PluginError> PluginInstance::failed_now(ErrorCode code) const {
  const auto elapsed = Store::Clock::now() - begun_at_;
  return fail(engine_error(code_.manifest, Phase::call, Error::trap(code), elapsed));
}

void PluginInstance::end() noexcept {
  if (execution_ && !finished_) broken_ = true;
  execution_.reset();
  unless_out_of_memory([&] { (void)end_lines(Phase::call); }, [] {});
}

Expected<std::string> PluginInstance::execute(std::string_view input, Store::Clock::time_point deadline) {
  arm(deadline);
  return checked(Phase::call, [&] { return guest_->execute(std::as_bytes(std::span(input))); });
}

Expected<void> PluginInstance::destroy() {
  arm();
  return checked(Phase::call, [&] { return guest_->destroy(); });
}

Expected<SavedState> PluginInstance::save_state(Store::Clock::time_point deadline) {
  arm(deadline);
  return checked(Phase::reload, [&] { return guest_->save_state(); });
}

Expected<void> PluginInstance::restore_state(const SavedState& state, Store::Clock::time_point deadline) {
  arm(deadline);
  return checked(Phase::reload, [&] { return guest_->restore_state(state); });
}

} // namespace skerry::host
