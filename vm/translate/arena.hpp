// Arena: the memory of one stage of translation, charged to a meter before it is allocated.
//
// Lists grow deep inside of what nothing but an exception can leave. So a refusal of the meter, for memory or
// for time, is one: Stopped, which goes no further than translate() and locate().
#pragma once

#include "vm/module/work_meter.hpp"

#include <cstddef>
#include <cstdint>
#include <memory_resource>
#include <new>
#include <span>

namespace skerry::vm {

/// The meter has refused; it says why.
struct Stopped : std::bad_alloc {};

/// Gives out memory from blocks, and takes nothing back before it goes itself. Nobody's destructor is called.
class Arena final : public std::pmr::memory_resource {
public:
  /// `first` is used before any block is allocated; most functions need no more.
  Arena(WorkMeter& meter, std::span<std::byte> first)
      : meter_(meter), next_(first.data()), end_(first.data() + first.size()) {}
  ~Arena() override;
  Arena(const Arena&) = delete;
  Arena& operator=(const Arena&) = delete;

  /// Counts work. Throws Stopped when the call that it is for must end.
  void spend(size_t units) {
    if (!meter_.spend(static_cast<uint32_t>(units))) stop();
  }
  /// Room for `count` objects, which nothing has initialized. Filling it is counted as work.
  template <class T> T* make_room(size_t count) {
    return static_cast<T*>(take(count * sizeof(T), alignof(T)));
  }

private:
  struct Block {
    Block* before;
    size_t bytes;
  };
  // Blocks double in size up to the largest: what is left over in the last one stays small beside the others.
  static constexpr size_t smallest_block = size_t{16} << 10, largest_block = size_t{256} << 10;
  static constexpr size_t bytes_per_unit = 32;

  /// `alignment`: a power of two.
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
  std::byte *next_, *end_;              // what is left of the last block
  size_t block_bytes_ = smallest_block; // of the next block
  Block* last_ = nullptr;
};

} // namespace skerry::vm
