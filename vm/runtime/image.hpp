// The frozen state of an instance (documented in skerry/image.hpp).
#pragma once

#include "vm/runtime/memory_image.hpp"
#include "vm/runtime/store.hpp"

#include <cstdint>
#include <memory>
#include <vector>

namespace skerry::vm {

/// The state of the items that the module itself defines, in the order of the index spaces. References are
/// stored independently of the instance: 0 for null, odd numbers for i31 values, 2 * (function index + 1) for
/// functions.
struct Image {
  struct Global {
    uint32_t index;
    bool is_ref;
    uint64_t value[2];
  };
  std::shared_ptr<const CompiledModule> module;
  std::vector<std::shared_ptr<const MemoryImage>> memories;
  std::vector<std::shared_ptr<const std::vector<uint64_t>>> tables;
  std::vector<Global> globals; // the mutable ones
  std::vector<std::vector<uint64_t>> elem_segments;
  std::vector<uint64_t> data_sizes;
};

Result<std::shared_ptr<const Image>> freeze(ModuleInstance& instance);
Result<void> restore(ModuleInstance& instance, const Image& image);

} // namespace skerry::vm
