#include "skerry/image.hpp"

#include "skerry/out_of_memory.hpp"
#include "vm/api/values.hpp"
#include "vm/runtime/image.hpp"

namespace skerry {

Result<Image> Image::freeze(const Instance& instance) {
  return catching_out_of_memory("freezing an instance", [&]() -> Result<Image> {
    if (instance.data() == nullptr) return fail(usage_error("the instance handle is empty"));
    auto image = vm::freeze(*instance.data());
    if (!image) return fail(std::move(image.error()));
    return Image(std::move(*image));
  });
}

Result<void> Image::restore(const Instance& instance) const {
  return catching_out_of_memory("restoring an instance", [&]() -> Result<void> {
    if (instance.data() == nullptr) return fail(usage_error("the instance handle is empty"));
    return vm::restore(*instance.data(), *data_);
  });
}

uint64_t Image::bytes() const noexcept {
  uint64_t bytes = sizeof(vm::Image) + data_->globals.size() * sizeof(vm::Image::Global);
  for (const auto& memory : data_->memories) bytes += memory->content_bytes();
  for (const auto& table : data_->tables) bytes += table->size() * sizeof(uint64_t);
  for (const auto& segment : data_->elem_segments) bytes += segment.size() * sizeof(uint64_t);
  return bytes;
}

} // namespace skerry
