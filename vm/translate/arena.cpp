#include "vm/translate/arena.hpp"

#include <algorithm>
#include <utility>

namespace skerry::vm {

void Arena::stop() { throw Stopped(); }

Arena::~Arena() {
  while (last_ != nullptr) {
    Block* block = std::exchange(last_, last_->before);
    const size_t bytes = block->bytes;
    ::operator delete(block);
    meter_.give_back(bytes);
  }
}

void* Arena::take_from_new_block(size_t bytes, size_t alignment) {
  add_block(bytes + alignment);
  return take(bytes, alignment);
}

/// Makes a new block the last one. The free rest of the previous block stays unused.
void Arena::add_block(size_t bytes) {
  const size_t size = std::max(bytes + sizeof(Block), block_bytes_);
  if (!meter_.take(size)) stop();
  void* memory = ::operator new(size, std::nothrow);
  if (memory == nullptr) {
    meter_.give_back(size);
    throw std::bad_alloc();
  }
  last_ = new (memory) Block{last_, size};
  next_ = static_cast<std::byte*>(memory) + sizeof(Block);
  end_ = static_cast<std::byte*>(memory) + size;
  block_bytes_ = std::min(block_bytes_ * 2, largest_block);
}

} // namespace skerry::vm
