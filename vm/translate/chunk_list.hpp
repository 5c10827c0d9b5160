// ChunkList: a list that grows at its end and never moves its elements. A std::vector that grows holds its
// elements twice while it moves them; a ChunkList takes little more memory than its elements.
#pragma once

#include "vm/translate/arena.hpp"

#include <algorithm>
#include <bit>
#include <cstdint>
#include <new>
#include <span>
#include <type_traits>
#include <utility>

namespace skerry::vm {

/// The elements are in chunks of `chunk_size` elements. The list keeps the memory of removed elements and
/// reuses it for later elements.
template <class T, uint32_t chunk_size> class ChunkList {
  static_assert(std::has_single_bit(chunk_size));
  static_assert(std::is_trivially_destructible_v<T>, "arenas call no destructors");

public:
  explicit ChunkList(Arena& arena) : arena_(&arena) {}
  ChunkList(const ChunkList&) = delete;
  ChunkList& operator=(const ChunkList&) = delete;
  ChunkList(ChunkList&& other) noexcept
      : arena_(other.arena_), chunks_(other.chunks_), size_(other.size_), made_(other.made_),
        capacity_(other.capacity_) {
    std::copy_n(other.few_, few, few_);
    if (chunks_ == other.few_) chunks_ = few_;
  }

  uint32_t size() const { return size_; }
  bool empty() const { return size_ == 0; }
  T& operator[](uint32_t i) { return chunks_[i / chunk_size][i % chunk_size]; }
  const T& operator[](uint32_t i) const { return chunks_[i / chunk_size][i % chunk_size]; }
  T& back() { return (*this)[size_ - 1]; }
  const T& back() const { return (*this)[size_ - 1]; }

  T& emplace_back() {
    if (size_ % chunk_size == 0) [[unlikely]]
      need_chunk();
    return *new (&(*this)[size_++]) T();
  }
  void push_back(const T& value) {
    if (size_ % chunk_size == 0) [[unlikely]]
      need_chunk();
    new (&(*this)[size_++]) T(value);
  }
  void pop_back() { --size_; }
  /// Removes the elements from index `size` on. `size` is at most size().
  void shrink(uint32_t size) { size_ = size; }
  /// Appends elements until there are `size`. Does not initialize them.
  void grow(uint32_t size) {
    while (size_ < size) {
      need_chunk();
      size_ = std::min((size_ / chunk_size + 1) * chunk_size, size);
    }
  }

  uint32_t chunk_count() const { return (size_ + chunk_size - 1) / chunk_size; }
  std::span<T> chunk(uint32_t i) { return {chunks_[i], std::min(size_ - i * chunk_size, chunk_size)}; }
  std::span<const T> chunk(uint32_t i) const {
    return {chunks_[i], std::min(size_ - i * chunk_size, chunk_size)};
  }

private:
  /// Allocates the chunk for element `size_` if it does not exist yet.
  [[gnu::noinline]] void need_chunk() {
    const uint32_t i = size_ / chunk_size;
    if (i < made_) return;
    if (i == capacity_) need_places();
    chunks_[i] = arena_->template make_room<T>(chunk_size);
    made_ = i + 1;
  }
  void need_places() {
    const uint32_t capacity = capacity_ * 4;
    T** chunks = arena_->template make_room<T*>(capacity);
    std::copy_n(chunks_, made_, chunks);
    chunks_ = chunks;
    capacity_ = capacity;
  }

  static constexpr uint32_t few = 4;

  Arena* arena_;
  T** chunks_ = few_;
  // size_ counts elements, made_ counts allocated chunks, and capacity_ counts the chunks that fit in
  // chunks_.
  uint32_t size_ = 0, made_ = 0, capacity_ = few;
  T* few_[few] = {}; // chunks_ points to it while it suffices, as for most functions
};

} // namespace skerry::vm
