// One version of a plugin, in service or kept for a rollback. Internal.
#pragma once

#include "host/guest/plugin_instance.hpp"
#include "host/metrics/call_metrics.hpp"
#include "skerry/image.hpp"

#include <memory>
#include <optional>
#include <string>

namespace skerry::host {

/// A version's code, its frozen state after `init`, and its metrics. One thread prepares the version with the
/// functions below. Afterwards only its metrics and `state` change.
class Version {
public:
  using InstancePtr = std::unique_ptr<PluginInstance>;

  Version(std::unique_ptr<const PluginCode> code, std::string hash)
      : code_(std::move(code)), hash_(std::move(hash)) {}

  // These functions prepare the version, in this order. After an error the version cannot be used.

  /// Makes the first instance and runs its start functions.
  [[nodiscard]] Expected<InstancePtr> start() const { return PluginInstance::start(*code_); }
  /// Calls the guest's `meta`, and checks that the name in its answer equals the manifest's. Errors: phase
  /// init, code "meta".
  [[nodiscard]] Expected<void> ask_meta(PluginInstance& first);
  /// Runs `init` in `first`, and freezes the resulting state if possible.
  [[nodiscard]] Expected<void> prepare(PluginInstance& first);
  /// Sends the manifest's canary request, if there is one, to `first`. After success, `first` is an
  /// instance in its state after `init`: the same instance, reset, or a new one.
  [[nodiscard]] Expected<void> try_canary(InstancePtr& first) const;

  /// Makes another instance in the state after `init`: from the frozen state if there is one, otherwise by
  /// running the start functions and `init`.
  [[nodiscard]] Expected<InstancePtr> make_instance() const;
  /// Resets the instance to its state after `init`. Returns null if the instance cannot be reset.
  InstancePtr cleaned(InstancePtr instance) const noexcept;

  const PluginCode& code() const noexcept { return *code_; }
  const Manifest& manifest() const noexcept { return code_->manifest; }
  const std::string& hash() const noexcept { return hash_; }
  const std::string& meta() const noexcept { return meta_; }
  bool is(const Manifest& manifest, std::string_view hash) const {
    return hash_ == hash && code_->manifest == manifest;
  }

  CallMetrics metrics; ///< metrics of the calls that this version served
  /// The state that this version handed over when it was replaced. Set before the version is kept for a
  /// rollback.
  std::optional<SavedState> state;

private:
  [[nodiscard]] Expected<void> check_meta(const std::optional<std::string>& answer);

  const std::unique_ptr<const PluginCode> code_;
  const std::string hash_;
  std::string meta_;
  std::optional<Image> image_; // absent if the state cannot be frozen; then no instance can be reset
};

using VersionPtr = std::shared_ptr<Version>;

} // namespace skerry::host
