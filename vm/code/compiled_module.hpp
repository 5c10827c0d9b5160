// A valid module and the code into which its functions have been translated so far.
#pragma once

#include "vm/code/code.hpp"
#include "vm/module/module.hpp"

#include <memory>
#include <utility>

namespace skerry::vm {

/// The module never changes. The thread that first calls a function adds the function's code, and all
/// instances of the module share the code.
struct CompiledModule {
  explicit CompiledModule(std::shared_ptr<const Module> valid) : module(std::move(valid)) {
    code.resize(module->bodies.size());
  }

  const std::shared_ptr<const Module> module;
  mutable CodeStore code;
};

} // namespace skerry::vm
