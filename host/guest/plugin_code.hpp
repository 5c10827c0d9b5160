// What all instances of one version of a plugin share. Internal.
#pragma once

#include "host/guest/plugin_abi.hpp"
#include "host/guest/plugin_services.hpp"
#include "skerry/host/manifest.hpp"
#include "skerry/linker.hpp"
#include "skerry/module.hpp"
#include "skerry/wasi/wasi.hpp"

#include <cstdint>

namespace skerry::host {

/// Immutable once it is loaded.
struct PluginCode {
  PluginCode(Manifest m, Module compiled, PluginServices shared);
  ~PluginCode();
  PluginCode(const PluginCode&) = delete;
  PluginCode& operator=(const PluginCode&) = delete;

  const Manifest manifest;
  const Module module;
  AbiShape abi;
  const PluginServices services;
  const wasi::Config wasi;
  Linker linker;             // its functions find their instance by Caller::user_data
  uint64_t budget_bytes = 0; // taken for the code
};

} // namespace skerry::host
