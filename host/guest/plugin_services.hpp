// What the host gives to a version of a plugin besides its manifest's grants. Internal.
#pragma once

#include "host/guest/key_value_store.hpp"
#include "skerry/budget.hpp"
#include "skerry/host/manifest.hpp"
#include "skerry/host/plugin_output.hpp"
#include "skerry/linker.hpp"

#include <functional>
#include <memory>

namespace skerry::host {

/// The budget is the version's own; the store is handed on to the next version.
struct PluginServices {
  GuestOutput output; // either may be empty: see guest_output.hpp
  GuestLog log;
  std::shared_ptr<ByteBudget> budget;
  std::shared_ptr<KeyValueStore> store;
  std::function<void(Linker&, const Manifest&)> imports; // the embedder's; may be empty
};

} // namespace skerry::host
