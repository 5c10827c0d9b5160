// Image: a frozen state of an instance. Any instance of the same module can be reset to this state in
// microseconds.
#pragma once

#include "skerry/error.hpp"
#include "skerry/instance.hpp"

#include <cstdint>
#include <memory>
#include <utility>

namespace skerry {

namespace vm {
struct Image;
}

/// The memories, tables, globals and dropped segments of an instance at the time it was frozen. Imported
/// items belong to other instances and are not part of the image. An image is immutable, cheap to copy, and
/// usable from any thread, for instances in any store.
class Image {
public:
  /// Makes an image of the present state of `instance`. The time that freeze takes, and the size of the
  /// image, grow with the parts of the state that are not zero. Afterwards the memory of `instance` is mapped
  /// from the image. Errors: usage if the handle is empty, if the store is running a call, or if a table or
  /// global holds a reference to anything but a function of the module; limit if the system refuses memory.
  static Result<Image> freeze(const Instance& instance);
  /// Resets `instance` to the state of the image, including the sizes of memories and tables. The first
  /// restore of an instance maps its memories from the image. Each later restore touches only the parts of
  /// memory that changed since the restore before it. Errors: usage if `instance` belongs to another module
  /// or its store is running a call; limit if the system refuses memory, which leaves the instance in an
  /// unknown state.
  Result<void> restore(const Instance& instance) const;
  /// Bytes of memory that the image holds. All instances share them.
  uint64_t bytes() const noexcept;

  /// For internal use.
  explicit Image(std::shared_ptr<const vm::Image> data) noexcept : data_(std::move(data)) {}

  const std::shared_ptr<const vm::Image>& data() const noexcept { return data_; }

private:
  std::shared_ptr<const vm::Image> data_;
};

} // namespace skerry
