// What all instances of one version of a plugin share. Internal.
#pragma once

#include "host/guest/plugin_abi.hpp"
#include "host/guest/plugin_services.hpp"
#include "host/support/budget_share.hpp"
#include "skerry/host/manifest.hpp"
#include "skerry/linker.hpp"
#include "skerry/module.hpp"
#include "skerry/wasi/wasi.hpp"

namespace skerry::host {

/// Immutable once it is loaded.
struct PluginCode {
  PluginCode(Manifest m, Module compiled, PluginServices shared, BudgetShare taken);
  PluginCode(const PluginCode&) = delete;
  PluginCode& operator=(const PluginCode&) = delete;

  const Manifest manifest;
  const Module module;
  AbiShape abi;
  const PluginServices services;
  const wasi::Config wasi;
  Linker linker; // its functions find their instance by Caller::user_data

private:
  const BudgetShare bytes_; // of the code
};

} // namespace skerry::host
