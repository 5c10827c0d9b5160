// One version of a plugin, whether it serves or is kept for a rollback. Internal.
#pragma once

#include "host/guest/plugin_instance.hpp"
#include "host/metrics/call_metrics.hpp"
#include "skerry/image.hpp"

#include <memory>
#include <optional>
#include <string>

namespace skerry::host {

/// Code, the frozen state after `init`, and what is known of it. Built step by step by one thread; afterwards
/// immutable, but for its counters and the state that it left.
class Version {
public:
  using InstancePtr = std::unique_ptr<PluginInstance>;

  Version(std::unique_ptr<const PluginCode> code, std::string hash)
      : code_(std::move(code)), hash_(std::move(hash)) {}

  // The steps, in their order. After an error the version is fit for nothing.

  /// The first instance: instantiated, start functions done.
  [[nodiscard]] Expected<InstancePtr> start() const { return PluginInstance::start(*code_); }
  /// Calls the guest's `meta`; its name must be the manifest's. Errors: phase init, code "meta".
  [[nodiscard]] Expected<void> ask_meta(PluginInstance& first);
  /// Runs `init` and freezes what is there then.
  [[nodiscard]] Expected<void> prepare(PluginInstance& first);
  /// The manifest's test request, if there is one; leaves an instance that has not seen it.
  [[nodiscard]] Expected<void> try_canary(InstancePtr& first) const;

  /// Another instance, where `init` ended; from the frozen state when there is one.
  [[nodiscard]] Expected<InstancePtr> make_instance() const;
  /// Resets the instance to its state after `init`; null when it cannot be reset.
  InstancePtr cleaned(InstancePtr instance) const noexcept;

  const PluginCode& code() const noexcept { return *code_; }
  const Manifest& manifest() const noexcept { return code_->manifest; }
  const std::string& hash() const noexcept { return hash_; }
  const std::string& meta() const noexcept { return meta_; }
  bool is(const Manifest& manifest, std::string_view hash) const {
    return hash_ == hash && code_->manifest == manifest;
  }

  CallMetrics metrics;             ///< of the calls that this version served
  std::optional<SavedState> state; ///< what it handed over when it was replaced; guarded by the plugin

private:
  [[nodiscard]] Expected<void> check_meta(const std::optional<std::string>& answer);

  const std::unique_ptr<const PluginCode> code_;
  const std::string hash_;
  std::string meta_;
  std::optional<Image> image_; // none: an instance cannot be frozen, and each call gets a new one
};

using VersionPtr = std::shared_ptr<Version>;

} // namespace skerry::host
