// Arena: the memory of one stage of translation, charged to a meter before it is allocated.
//
// Lists grow deep inside code that only an exception can leave. So when the meter refuses memory or time, the
// arena throws Stopped. The functions of translator.hpp catch it.
#pragma once

#include "vm/module/work_meter.hpp"

#include <cstddef>
#include <cstdint>
#include <memory_resource>
#include <new>
#include <span>

namespace skerry::vm {

/// Thrown when the meter has refused. The meter holds the reason.
struct Stopped : std::bad_alloc {};

/// Hands out memory from blocks and frees all of it on destruction. Calls no destructors.
class Arena final : public std::pmr::memory_resource {
public:
  /// Uses `first` before it allocates any block. Most functions need no more.
  Arena(WorkMeter& meter, std::span<std::byte> first)
      : meter_(meter), next_(first.data()), end_(first.data() + first.size()) {}
  ~Arena() override;
  Arena(const Arena&) = delete;
  Arena& operator=(const Arena&) = delete;

  /// Counts work. Throws Stopped if the call on whose behalf the work is done must end.
  void spend(size_t units) {
    if (!meter_.spend(static_cast<uint32_t>(units))) stop();
  }
  /// Returns room for `count` uninitialized objects. Filling it is counted as work.
  template <class T> T* make_room(size_t count) {
    return static_cast<T*>(take(count * sizeof(T), alignof(T)));
  }

private:
  struct Block {
    Block* before;
    size_t bytes;
  };
  // Blocks double in size up to the largest, so that the unused rest of the last block stays small compared
  // with the others.
  static constexpr size_t smallest_block = size_t{16} << 10, largest_block = size_t{256} << 10;
  static constexpr size_t bytes_per_unit = 32;

  /// `alignment` is a power of two.
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
