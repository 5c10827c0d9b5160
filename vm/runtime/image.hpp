// The frozen state of an instance (documented in skerry/image.hpp).
#pragma once

#include "vm/runtime/memory_image.hpp"
#include "vm/runtime/store.hpp"

#include <cstdint>
#include <memory>
#include <vector>

namespace skerry::vm {

/// The state of the items that the module defines itself, in the order of the index spaces. References are
/// stored in a form that does not depend on the instance: null as 0, i31 values unchanged (they are odd),
/// functions as 2 * (function index + 1).
struct Image {
  struct Global {
    uint32_t index;
    bool is_ref;
    uint64_t value[2];
  };
  std::shared_ptr<const CompiledModule> module;
  std::vector<std::shared_ptr<const MemoryImage>> memories;
  std::vector<std::shared_ptr<const std::vector<uint64_t>>> tables;
  std::vector<Global> globals; // only the mutable globals
  std::vector<std::vector<uint64_t>> elem_segments;
  std::vector<uint64_t> data_sizes;
};

Result<std::shared_ptr<const Image>> freeze(ModuleInstance& instance);
Result<void> restore(ModuleInstance& instance, const Image& image);

} // namespace skerry::vm
