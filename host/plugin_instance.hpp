// One running copy of a plugin: its store, its WASI context, its guest functions. Internal.
#pragma once

#include "host/plugin_abi.hpp"
#include "skerry/engine.hpp"
#include "skerry/host/manager.hpp"
#include "skerry/host/manifest.hpp"
#include "skerry/linker.hpp"
#include "skerry/module.hpp"
#include "skerry/wasi/wasi.hpp"

#include <memory>
#include <optional>
#include <string>

namespace skerry::host {

/// What all instances of a plugin share; immutable.
struct PluginCode {
  Manifest manifest;
  Module module;
  AbiShape abi;
  GuestOutput output;
};

/// Reads the file, checks its hash, compiles it, and checks what it imports, exports and asks for.
Expected<std::unique_ptr<const PluginCode>> load_code(const Engine& engine, const Manifest& manifest,
                                                      uint64_t max_module_bytes, GuestOutput output);

/// One thread at a time. Every function that runs guest code gives it the manifest's fuel; all but `execute`
/// the manifest's timeout as well. Once something failed the instance is `broken` and fit for nothing but
/// destruction.
class PluginInstance {
public:
  /// Instantiates and runs the start functions. `code` must outlive the instance.
  static Expected<std::unique_ptr<PluginInstance>> start(const PluginCode& code);

  Expected<std::optional<std::string>> meta();
  Expected<void> init();
  Expected<std::string> execute(std::string_view input, Store::Clock::time_point deadline);
  Expected<void> destroy();
  bool broken() const noexcept { return broken_; }

private:
  PluginInstance(const PluginCode& code, wasi::Context context);
  void arm(Store::Clock::time_point deadline);
  void arm() { arm(Store::Clock::now() + code_.manifest.timeout); }
  Expected<void> instantiate();
  template <class T> Expected<T> checked(Expected<T> result);

  const PluginCode& code_;
  wasi::Context context_;
  Linker linker_;
  Store store_;
  std::optional<GuestAbi> guest_;
  bool broken_ = false;
};

} // namespace skerry::host
