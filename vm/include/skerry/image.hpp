// Image: a frozen state of an instance, which any instance of the same module can take on in microseconds.
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
/// items belong to other instances and are not part of the image. Immutable, cheap to copy, and usable from
/// any thread for instances in any store.
class Image {
public:
  /// Freezes the present state of `instance`. Time and space grow with the parts that are not zero. The
  /// memory of `instance` is then mapped from the image. Errors: usage if the handle is empty, if its store
  /// is running a call, or if a table or global holds a reference to anything but a function of the module;
  /// limit if the system refuses memory.
  static Result<Image> freeze(const Instance& instance);
  /// Gives `instance` the state of the image, sizes included. The first restore maps the memories of
  /// `instance` from the image; later ones touch only those parts of them that changed in between. Errors:
  /// usage if `instance` is of another module or its store is running a call; limit if the system refuses
  /// memory, which leaves the instance in an unknown state.
  Result<void> restore(const Instance& instance) const;
  /// Bytes that the image itself holds, once for all instances.
  uint64_t bytes() const noexcept;

  /// For internal use.
  explicit Image(std::shared_ptr<const vm::Image> data) noexcept : data_(std::move(data)) {}

  const std::shared_ptr<const vm::Image>& data() const noexcept { return data_; }

private:
  std::shared_ptr<const vm::Image> data_;
};

} // namespace skerry
