// Arena: the memory of one stage of translation, charged to a WorkMeter before it is allocated.
//
// If the meter refuses memory or time, the arena throws Stopped, which the functions of translator.hpp catch.
// An exception is necessary because lists grow in deeply nested functions that return no errors.
#pragma once

#include "vm/module/work_meter.hpp"

#include <cstddef>
#include <cstdint>
#include <memory_resource>
#include <new>
#include <span>

namespace skerry::vm {

/// Thrown when the meter has refused memory or time. The meter holds the reason (WorkMeter::take_error).
struct Stopped : std::bad_alloc {};

/// Hands out memory from blocks. The destructor frees the blocks and calls no destructors of the objects in
/// them.
class Arena final : public std::pmr::memory_resource {
public:
  /// Hands out the memory `first` before it allocates any block. For most functions `first` suffices.
  Arena(WorkMeter& meter, std::span<std::byte> first)
      : meter_(meter), next_(first.data()), end_(first.data() + first.size()) {}
  ~Arena() override;
  Arena(const Arena&) = delete;
  Arena& operator=(const Arena&) = delete;

  /// Counts work of the translation. Throws Stopped if the guest's call that needs the translation must end.
  void spend(size_t units) {
    if (!meter_.spend(static_cast<uint32_t>(units))) stop();
  }
  /// Returns memory for `count` uninitialized objects. Counts the work of filling it (spend). Throws Stopped.
  template <class T> T* make_room(size_t count) {
    return static_cast<T*>(take(count * sizeof(T), alignof(T)));
  }

private:
  struct Block {
    Block* before;
    size_t bytes;
  };
  // Each block is twice as large as the one before, up to largest_block. The unused rest of the last block
  // thus stays small compared with the other blocks.
  static constexpr size_t smallest_block = size_t{16} << 10, largest_block = size_t{256} << 10;
  static constexpr size_t bytes_per_unit = 32;

  /// Returns aligned memory. `alignment` is a power of two.
  void* take(size_t bytes, size_t alignment) {
    const size_t gap = -reinterpret_cast<uintptr_t>(next_) & (alignment - 1);
    if (static_cast<size_t>(end_ - next_) < gap + bytes) [[unlikely]]
      return take_from_new_block(bytes, alignment);
    void* at = next_ + gap;
    next_ += gap + bytes;
    spend(bytes / bytes_per_unit);
    return at;
  }
  void* take_from_new_block(size_t bytes, size_t alignment);
  void* do_allocate(size_t bytes, size_t alignment) override { return take(bytes, alignment); }
  void do_deallocate(void* /*what*/, size_t /*bytes*/, size_t /*alignment*/) override {}
  bool do_is_equal(const std::pmr::memory_resource& other) const noexcept override { return this == &other; }
  void add_block(size_t bytes);
  [[noreturn]] static void stop();

  WorkMeter& meter_;
  std::byte *next_, *end_;              // the free part of the last block
  size_t block_bytes_ = smallest_block; // size of the next block
  Block* last_ = nullptr;
};

} // namespace skerry::vm
