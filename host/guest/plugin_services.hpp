// Services that the host provides to a version of a plugin, in addition to what the manifest grants.
// Internal.
#pragma once

#include "host/guest/guest_output.hpp"
#include "host/guest/key_value_store.hpp"
#include "skerry/budget.hpp"
#include "skerry/host/manifest.hpp"
#include "skerry/linker.hpp"

#include <functional>
#include <memory>

namespace skerry::host {

/// The services of one version. Each version has its own `budget`; all versions of a plugin share `store`,
/// the key-value store.
struct PluginServices {
  GuestSinks sinks;
  std::shared_ptr<ByteBudget> budget;
  std::shared_ptr<KeyValueStore> store;
  std::function<void(Linker&, const Manifest&)> imports; // ManagerOptions::imports
};

} // namespace skerry::host
