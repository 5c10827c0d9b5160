#include "vm/runtime/image.hpp"

#include "vm/base/address.hpp"
#include "vm/base/limit_error.hpp"
#include "vm/runtime/budget.hpp"
#include "vm/runtime/linear_memory.hpp"

#include <algorithm>
#include <optional>
#include <unordered_map>

namespace skerry::vm {

namespace {

Error refused(std::string_view what) {
  return system_refused("the system refuses memory for " + std::string(what));
}
Error usage(std::string message) { return {ErrorKind::usage, ErrorCode::none, std::move(message)}; }

Result<void> check_idle(const ModuleInstance& instance) {
  if (instance.store->host_depth == 0) return {};
  return fail(usage("an instance can be neither frozen nor restored while its store runs a call"));
}

/// Makes an Image of an instance.
class Freezer {
public:
  explicit Freezer(ModuleInstance& instance) : instance_(instance), module_(*instance.module) {}

  Result<std::shared_ptr<const Image>> freeze() {
    auto image = std::make_shared<Image>();
    image->module = instance_.compiled;
    index_functions();
    freeze_tables(*image);
    freeze_globals(*image);
    freeze_segments(*image);
    if (foreign_)
      return fail(
          usage("the instance cannot be frozen: a table or global holds a reference to something that "
                "is not a function of its module"));
    for (size_t i = module_.imported_memories; i < module_.memories.size(); ++i) {
      const MemoryInstance& memory = *instance_.memories[i];
      image->memories.push_back(MemoryImage::create({memory.base, to_size(memory.byte_size)}));
      if (image->memories.back() == nullptr) return fail(refused("the image of a memory"));
    }
    return image;
  }

private:
  void index_functions() {
    for (uint32_t i = 0; i < module_.functions.size(); ++i)
      function_index_.try_emplace(address_of(instance_.functions[i]), i);
  }
  uint64_t encode(uint64_t ref) {
    if (ref == 0 || (ref & 1) != 0) return ref;
    const auto found = function_index_.find(ref);
    if (found == function_index_.end()) {
      foreign_ = true;
      return 0;
    }
    return (uint64_t{found->second} + 1) * 2;
  }
  std::vector<uint64_t> encode(const uint64_t* refs, uint64_t count) {
    std::vector<uint64_t> encoded(to_size(count));
    std::transform(refs, refs + count, encoded.begin(), [&](uint64_t ref) { return encode(ref); });
    return encoded;
  }
  void freeze_tables(Image& image) {
    for (size_t i = module_.imported_tables; i < module_.tables.size(); ++i)
      image.tables.push_back(std::make_shared<const std::vector<uint64_t>>(
          encode(instance_.tables[i]->elements, instance_.tables[i]->size)));
  }
  void freeze_globals(Image& image) {
    for (size_t i = module_.imported_globals; i < module_.globals.size(); ++i) {
      const GlobalInstance& global = *instance_.globals[i];
      if (!global.type.is_mutable) continue;
      const bool is_ref = global.type.value.is_ref();
      image.globals.push_back({static_cast<uint32_t>(i),
                               is_ref,
                               {is_ref ? encode(global.value[0]) : global.value[0], global.value[1]}});
    }
  }
  void freeze_segments(Image& image) {
    for (size_t i = 0; i < module_.elem_segments.size(); ++i) {
      const std::vector<uint64_t>& refs = instance_.elem_segments[i].refs;
      image.elem_segments.push_back(encode(refs.data(), refs.size()));
    }
    for (size_t i = 0; i < module_.data_segments.size(); ++i)
      image.data_sizes.push_back(instance_.data_segments[i].size);
  }

  ModuleInstance& instance_;
  const Module& module_;
  std::unordered_map<uint64_t, uint32_t> function_index_;
  bool foreign_ = false;
};

/// Sets an instance to the state of an image.
class Restorer {
public:
  Restorer(ModuleInstance& instance, const Image& image)
      : instance_(instance), module_(*instance.module), image_(image) {}

  Result<void> restore() {
    restore_globals();
    restore_segments();
    for (size_t i = 0; i < image_.tables.size(); ++i)
      if (!restore_table(*instance_.tables[module_.imported_tables + i], image_.tables[i]))
        return fail(refused("a table"));
    for (size_t i = 0; i < image_.memories.size(); ++i)
      if (!restore_memory(*instance_.memories[module_.imported_memories + i], image_.memories[i]))
        return fail(refused("a memory"));
    return {};
  }

private:
  uint64_t decode(uint64_t ref) const {
    if (ref == 0 || (ref & 1) != 0) return ref;
    return address_of(instance_.functions[ref / 2 - 1]);
  }
  void restore_globals() {
    for (const Image::Global& from : image_.globals) {
      GlobalInstance& global = *instance_.globals[from.index];
      global.value[0] = from.is_ref ? decode(from.value[0]) : from.value[0];
      global.value[1] = from.value[1];
    }
  }
  void restore_segments() {
    for (size_t i = 0; i < image_.elem_segments.size(); ++i) {
      const std::vector<uint64_t>& from = image_.elem_segments[i];
      std::vector<uint64_t>& refs = instance_.elem_segments[i].refs;
      if (refs.size() == from.size()) continue; // unchanged: a drop removes all items
      refs.resize(from.size());
      std::transform(from.begin(), from.end(), refs.begin(), [&](uint64_t ref) { return decode(ref); });
    }
    for (size_t i = 0; i < image_.data_sizes.size(); ++i) {
      const DataSegment& segment = module_.data_segments[i];
      const bool dropped = image_.data_sizes[i] == 0;
      instance_.data_segments[i] = {dropped ? nullptr : module_.bytes.data() + segment.bytes_offset,
                                    image_.data_sizes[i]};
    }
  }

  /// Sets the table to the state of the image. If the last freeze or restore of the table used this image and
  /// the table was not written since, it already has this state. This is the usual case.
  bool restore_table(TableInstance& table, const std::shared_ptr<const std::vector<uint64_t>>& image) {
    if (table.image == image && !table.written) return true;
    const std::vector<uint64_t>& from = *image;
    const int64_t missing = static_cast<int64_t>(from.size()) - static_cast<int64_t>(table.size);
    if (missing > 0 && grow_table(table, static_cast<uint64_t>(missing), 0) < 0) return false;
    table.store->usage.table_elements -= table.size - from.size();
    table.store->give_back_budget((table.size - from.size()) * sizeof(uint64_t));
    std::transform(from.begin(), from.end(), table.elements, [&](uint64_t ref) { return decode(ref); });
    std::fill(table.elements + from.size(), table.elements + table.size, uint64_t{0});
    if (table.dirty != 0) table.dirty += table.size - from.size();
    table.size = from.size();
    table.image = image;
    table.written = false;
    return true;
  }

  /// Replaces the memory's bytes by those of the image. If the image is another one than before and replacing
  /// fails half-way, the memory has no image.
  static bool bring_to(MemoryInstance& memory, const std::shared_ptr<const MemoryImage>& image) {
    if (memory.image == image) return image->revert(memory);
    memory.image = nullptr;
    if (image->byte_size() > memory.reserved_bytes && !reserve_memory(memory, image->byte_size()))
      return false;
    if (!image->map_into(memory)) return false;
    memory.image = image;
    return true;
  }

  /// Sets the memory to the state of the image. Checks the store's limits and takes bytes from its budget
  /// before the memory changes.
  bool restore_memory(MemoryInstance& memory, const std::shared_ptr<const MemoryImage>& image) {
    StoreUsage& usage = memory.store->usage;
    const uint64_t others = usage.memory_bytes - memory.byte_size;
    if (!fits(others, image->byte_size(), memory.store->limits.memory_bytes)) return false;
    const uint64_t more = image->byte_size() - std::min(image->byte_size(), memory.byte_size);
    if (!memory.store->take_budget(more)) return false;
    memory.store->give_back_budget(memory.byte_size - std::min(image->byte_size(), memory.byte_size));
    if (!bring_to(memory, image)) return false;
    memory.byte_size = image->byte_size();
    usage.memory_bytes = others + memory.byte_size;
    usage.peak_memory_bytes = std::max(usage.peak_memory_bytes, usage.memory_bytes);
    return true;
  }

  ModuleInstance& instance_;
  const Module& module_;
  const Image& image_;
};

} // namespace

Result<std::shared_ptr<const Image>> freeze(ModuleInstance& instance) {
  if (auto ok = check_idle(instance); !ok) return fail(std::move(ok.error()));
  auto image = Freezer(instance).freeze();
  if (!image) return image;
  if (auto ok = restore(instance, **image); !ok) return fail(std::move(ok.error()));
  return image;
}

Result<void> restore(ModuleInstance& instance, const Image& image) {
  if (auto ok = check_idle(instance); !ok) return ok;
  if (instance.compiled != image.module) return fail(usage("the image belongs to another module"));
  instance.store->suspended.reset(); // a suspended call cannot continue, because its state has changed
  return Restorer(instance, image).restore();
}

} // namespace skerry::vm
