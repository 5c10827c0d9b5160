// The data that all instances of one version of a plugin share. Internal.
#pragma once

#include "host/guest/plugin_abi.hpp"
#include "host/guest/plugin_services.hpp"
#include "host/support/budget_share.hpp"
#include "skerry/host/manifest.hpp"
#include "skerry/linker.hpp"
#include "skerry/module.hpp"
#include "skerry/wasi/wasi.hpp"

namespace skerry::host {

/// A compiled module with its manifest, services and linker. Immutable once it is loaded.
struct PluginCode {
  PluginCode(Manifest m, Module compiled, PluginServices shared, BudgetShare taken);
  PluginCode(const PluginCode&) = delete;
  PluginCode& operator=(const PluginCode&) = delete;

  const Manifest manifest;
  const Module module;
  AbiShape abi;
  const PluginServices services;
  const wasi::Config wasi;
  Linker linker; // its host functions find the calling instance's CallState through Caller::user_data

private:
  const BudgetShare bytes_; // the code's share of the budget
};

} // namespace skerry::host
