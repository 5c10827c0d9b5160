// One reload of a plugin, from reading the file to freeing the old version. Internal.
#pragma once

#include "host/guest/load_code.hpp"
#include "host/reload/reload_report.hpp"

#include <functional>
#include <memory>
#include <optional>

namespace skerry::host {

/// One reload. A failure before or during the swap leaves the old version in service and frees the new
/// version. `run` is called once; it runs most steps on a thread that takes short turns, and waits for them.
/// Other reloads of the plugin wait until this one has swapped or failed.
class ReloadTransaction {
public:
  /// `manifest` returns the new version's manifest. It is called in the step `manifest`, after earlier
  /// reloads of the plugin have swapped or failed.
  ReloadTransaction(LoadedPlugin& plugin, ReloadTrigger trigger, ReloadOptions options,
                    std::function<Expected<Manifest>()> manifest);

  /// Runs the reload, and returns when the old version's calls have ended and its instances are freed.
  /// Errors: phase reload; see docs/errors.md.
  [[nodiscard]] Expected<ReloadResult> run();

private:
  using Clock = std::chrono::steady_clock;
  struct Step {
    ReloadStep name;
    Expected<void> (ReloadTransaction::*run)();
    bool says_bad; ///< a failure that is blamed on the plugin marks the version as bad
  };
  static const Step steps[];

  // One function for each step; `steps` has their order.
  [[nodiscard]] Expected<void> read_manifest();
  [[nodiscard]] Expected<void> read_file();
  [[nodiscard]] Expected<void> check_known();
  [[nodiscard]] Expected<void> check_pin();
  [[nodiscard]] Expected<void> compile();
  [[nodiscard]] Expected<void> check_interface();
  [[nodiscard]] Expected<void> instantiate();
  [[nodiscard]] Expected<void> ask_meta();
  [[nodiscard]] Expected<void> init();
  [[nodiscard]] Expected<void> try_canary();

  [[nodiscard]] Expected<void> without_serving() noexcept; // prepare, in short turns
  [[nodiscard]] Expected<void> prepare();
  [[nodiscard]] Expected<void> take_over();
  bool must_hand_over() const;
  [[nodiscard]] Expected<void> hand_over_state();
  [[nodiscard]] Expected<SavedState> save_state(Clock::time_point deadline);
  [[nodiscard]] Expected<void> swap();
  [[nodiscard]] Expected<void> publish(const GenerationPtr& next);
  void release_held() noexcept;
  void give_up() noexcept;

  LoadedPlugin& plugin_;
  const ReloadTrigger trigger_;
  const ReloadOptions options_;
  const std::function<Expected<Manifest>()> load_manifest_;
  ReloadReport report_;

  GenerationPtr base_; // the generation in service, which is to be replaced
  Manifest manifest_;
  std::optional<ModuleFile> file_;
  bool unchanged_ = false;
  std::unique_ptr<const PluginCode> code_;
  std::optional<InstancePlace> place_;
  VersionPtr version_;
  Generation::InstancePtr first_;
  bool has_init_ = false;
  Generation::InstancePtr held_;    // the base's only instance, while its state is handed over
  std::optional<SavedState> saved_; // the state that held_ handed over
};

} // namespace skerry::host
