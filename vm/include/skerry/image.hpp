// Image: the frozen state of an instance, to which any instance of the same module can be brought in
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

/// Memories, tables, globals and dropped segments of an instance, as they were when it was frozen. What the
/// instance imports belongs to others and is no part of it. Immutable, cheap to copy, usable from any thread,
/// for instances in any store.
class Image {
public:
  /// Freezes the state that `instance` has now. Time and space are those of the parts that are not zero, and
  /// the instance itself is then mapped from the image. Errors: usage for a handle without instance, while
  /// its store runs a call, and when a table or global holds a reference to anything but a function of the
  /// module; limit when the system refuses memory.
  static Result<Image> freeze(const Instance& instance);
  /// Gives `instance` the state of the image: of the memories only what changed since the last time is
  /// touched. Sizes go back as well. The first time for an instance maps its memories from the image. Errors:
  /// usage for an instance of another module or while its store runs a call; limit when the system refuses,
  /// after which the instance has no known state.
  Result<void> restore(const Instance& instance) const;
  /// What the image itself holds, once for all instances.
  uint64_t bytes() const noexcept;

  explicit Image(std::shared_ptr<const vm::Image> data) noexcept : data_(std::move(data)) {}

  const std::shared_ptr<const vm::Image>& data() const noexcept { return data_; }

private:
  std::shared_ptr<const vm::Image> data_;
};

} // namespace skerry
