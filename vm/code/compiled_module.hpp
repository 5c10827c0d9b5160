// A valid module and the code that its functions have been translated to so far.
#pragma once

#include "vm/code/code.hpp"
#include "vm/module/module.hpp"

#include <memory>
#include <utility>

namespace skerry::vm {

/// The module never changes. Its code is added when a function is first called, by any thread, and is shared
/// by all instances of the module.
struct CompiledModule {
  explicit CompiledModule(std::shared_ptr<const Module> valid) : module(std::move(valid)) {
    code.resize(module->bodies.size());
  }

  const std::shared_ptr<const Module> module;
  mutable CodeStore code;
};

} // namespace skerry::vm
