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

/// Not thread-safe; not movable. Every function that runs guest code gives it the manifest's fuel. All except
/// `execute`, `begin` and the state functions also give it the manifest's timeout. After an error the
/// instance is `broken`, and can only be restored or destroyed.
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
  /// Runs `execute` in parts: begin, then resume until it has finished or failed, then take the answer.
  [[nodiscard]] Expected<void> begin(std::string input, Store::Clock::time_point deadline);
  /// Runs for at most `fuel` instructions, and never more in total than the manifest allows. Errors: those of
  /// `execute`.
  [[nodiscard]] Expected<ResumableExecution::State> resume(uint64_t fuel);
  std::string take_answer() noexcept { return execution_->take_answer(); }
  /// Drops an execution. If it had not ended, the instance becomes broken.
  void end() noexcept;
  [[nodiscard]] Expected<void> destroy();
  /// Saves the state for another version, or restores the state of another version, before `deadline`.
  [[nodiscard]] Expected<SavedState> save_state(Store::Clock::time_point deadline);
  [[nodiscard]] Expected<void> restore_state(const SavedState& state, Store::Clock::time_point deadline);
  bool broken() const noexcept { return broken_; }

  /// Freezes the present state, to start other instances from it. Errors: code "usage" if the state cannot be
  /// frozen, "limit.process" if memory runs out.
  [[nodiscard]] Expected<Image> freeze() const;
  /// Restores the image's state, whatever happened before, and closes what the guest has open. Returns
  /// false if that fails; the instance can then only be destroyed.
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
  template <class F> std::invoke_result_t<F> checked(Phase phase, F&& work);

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
