// One running copy of a plugin: its store, its WASI context, its guest functions. Internal.
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

/// One thread at a time, never moved. Every function that runs guest code gives it the manifest's fuel; all
/// but `execute` the manifest's timeout as well. Once something failed the instance is `broken` and fit for
/// nothing but destruction.
class PluginInstance {
public:
  /// Instantiates and runs the start functions. `code` must outlive the instance.
  [[nodiscard]] static Expected<std::unique_ptr<PluginInstance>> start(const PluginCode& code);
  /// One that is where `image` was frozen; runs nothing.
  [[nodiscard]] static Expected<std::unique_ptr<PluginInstance>> from_image(const PluginCode& code,
                                                                            const Image& image);

  [[nodiscard]] Expected<std::optional<std::string>> meta();
  [[nodiscard]] Expected<void> init();
  [[nodiscard]] Expected<std::string> execute(std::string_view input, Store::Clock::time_point deadline);
  /// `execute` in pieces: begin, then resume until it has finished or failed, and take the answer.
  [[nodiscard]] Expected<void> begin(std::string input, Store::Clock::time_point deadline);
  /// With as many instructions as `fuel` says, and no more in all than the manifest allows. Errors: those of
  /// execute.
  [[nodiscard]] Expected<ResumableExecution::State> resume(uint64_t fuel);
  std::string take_answer() noexcept { return execution_->take_answer(); }
  /// Forgets what was begun; when it had not ended, the instance is broken.
  void end() noexcept;
  [[nodiscard]] Expected<void> destroy();
  /// State for another version, and from one; until `deadline`.
  [[nodiscard]] Expected<SavedState> save_state(Store::Clock::time_point deadline);
  [[nodiscard]] Expected<void> restore_state(const SavedState& state, Store::Clock::time_point deadline);
  bool broken() const noexcept { return broken_; }

  /// The present state, to start others from. Errors: code "usage" when it has none that can be frozen,
  /// "limit.process" when there is no memory for it.
  [[nodiscard]] Expected<Image> freeze() const;
  /// Back to the state of the image, whatever happened; what the guest has open is closed. False: fit for
  /// nothing but destruction.
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
  std::unexpected<PluginError> failed_now(ErrorCode code) const;
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
  uint64_t fuel_at_begin_ = 0; // what Store::fuel_used was then
  bool finished_ = false;      // the execution
  bool broken_ = false;
};

} // namespace skerry::host
