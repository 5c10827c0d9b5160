// One instance of a plugin: its store, its WASI context and its guest functions. Internal.
#pragma once

#include "host/guest/call_state.hpp"
#include "host/guest/plugin_abi.hpp"
#include "host/guest/plugin_code.hpp"
#include "host/guest/resumable_execution.hpp"
#include "skerry/image.hpp"
#include "skerry/store.hpp"
#include "skerry/wasi/wasi.hpp"

#include <memory>
#include <optional>
#include <string>
#include <type_traits>

namespace skerry::host {

/// One instance of a plugin. Not thread-safe; not movable. Every function that runs guest code limits the
/// guest to the manifest's fuel. `execute`, `begin`, `save_state` and `restore_state` take a deadline;
/// other functions use the manifest's timeout. If running guest code fails, the instance becomes `broken`,
/// and can then only be restored or destroyed.
class PluginInstance {
public:
  /// Instantiates the module and runs its start functions. `code` must outlive the instance.
  [[nodiscard]] static Expected<std::unique_ptr<PluginInstance>> start(const PluginCode& code);
  /// Makes an instance in the frozen state of `image`, without running guest code.
  [[nodiscard]] static Expected<std::unique_ptr<PluginInstance>> from_image(const PluginCode& code,
                                                                            const Image& image);

  [[nodiscard]] Expected<std::optional<std::string>> meta();
  [[nodiscard]] Expected<void> init();
  [[nodiscard]] Expected<std::string> execute(std::string_view input, Store::Clock::time_point deadline);
  /// Begins an `execute` that runs in parts: call `resume` until the execution has finished or failed, then
  /// take_answer if it has finished, then `end`.
  [[nodiscard]] Expected<void> begin(std::string input, Store::Clock::time_point deadline);
  /// Runs at most `fuel` instructions of the execution. The manifest's fuel limits all parts together.
  /// Errors: those of `execute`.
  [[nodiscard]] Expected<ResumableExecution::State> resume(uint64_t fuel);
  std::string take_answer() noexcept { return execution_->take_answer(); }
  /// Drops the execution that `begin` began. If the execution had not finished, the instance becomes broken.
  void end() noexcept;
  [[nodiscard]] Expected<void> destroy();
  /// Call the guest's `save_state` and `restore_state`, which hand over state between versions of the plugin,
  /// and stop the guest at `deadline`.
  [[nodiscard]] Expected<SavedState> save_state(Store::Clock::time_point deadline);
  [[nodiscard]] Expected<void> restore_state(const SavedState& state, Store::Clock::time_point deadline);
  bool broken() const noexcept { return broken_; }

  /// Freezes the present state, so that other instances can start in it. Errors: code "usage" if the state
  /// cannot be frozen, "limit.process" if memory runs out.
  [[nodiscard]] Expected<Image> freeze() const;
  /// Resets the instance, even a broken one, to the state of `image`, and closes the files that the guest
  /// has opened. Returns false if the reset fails; the instance can then only be destroyed.
  bool restore(const Image& image) noexcept;

  InterruptHandle interrupt_handle() const { return store_.interrupt_handle(); }
  uint64_t fuel_used() const noexcept { return store_.fuel_used(); }
  uint64_t memory_bytes() const noexcept { return store_.usage().memory_bytes; }
  uint64_t dropped_log_lines() const noexcept { return state_.lines_dropped; }

private:
  PluginInstance(const PluginCode& code, wasi::Context context);
  void arm(Store::Clock::time_point deadline);
  void arm() { arm(Store::Clock::now() + code_.manifest.timeout); }
  [[nodiscard]] static Expected<std::unique_ptr<PluginInstance>> create(const PluginCode& code);
  [[nodiscard]] Expected<void> instantiate();
  Unexpected<PluginError> failed_now(ErrorCode code) const;
  void describe_host_calls(PluginError& error) const;
  template <class F> std::invoke_result_t<F> in_part(Phase phase, F&& work);
  template <class F> std::invoke_result_t<F> checked(Phase phase, F&& work);
  void print(size_t stream, std::span<const std::byte> bytes);
  void print_line(std::string_view line) const;
  [[nodiscard]] Expected<void> end_lines(Phase phase);

  const PluginCode& code_;
  wasi::Context context_;
  CallState state_;
  Store store_;
  Instance instance_;
  std::optional<GuestAbi> guest_;
  std::optional<ResumableExecution> execution_;
  Store::Clock::time_point begun_at_;
  uint64_t fuel_at_begin_ = 0; // Store::fuel_used at the beginning of the execution
  bool finished_ = false;      // the execution has finished
  bool broken_ = false;
};

} // namespace skerry::host
