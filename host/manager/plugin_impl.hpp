// The content of a plugin's handle. Internal.
#pragma once

#include "host/pool/loaded_plugin.hpp"
#include "skerry/host/plugin.hpp"

#include <memory>

namespace skerry::host {

struct Plugin::Impl {
  const std::shared_ptr<LoadedPlugin> loaded;
};

} // namespace skerry::host
