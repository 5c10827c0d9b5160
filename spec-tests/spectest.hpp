// The host module "spectest" that the scripts import.
#pragma once

#include "skerry/linker.hpp"
#include "skerry/store.hpp"

namespace skerry::spec {

/// Defines the module "spectest" in `linker`. Its functions ignore their arguments and print nothing. The
/// module exports `table64` only if the engine has memory64.
Result<void> define_spectest(const Engine& engine, Store& store, Linker& linker);

} // namespace skerry::spec
