#include "wasi/iovecs.hpp"

#include <algorithm>
#include <limits>

namespace skerry::wasi {

namespace {
constexpr uint32_t pair_bytes = 8;
}

Expected<IoVecs> IoVecs::read(const GuestMemory& memory, uint32_t address, uint32_t count,
                              const Limits& limits) {
  const auto list = memory.bytes(address, uint64_t{count} * pair_bytes);
  if (!list) return refuse(list.error());
  IoVecs made;
  const uint32_t looked_at = std::min(count, limits.iovecs);
  made.vectors_.reserve(looked_at);
  for (uint32_t i = 0; i < looked_at; ++i) {
    const auto at = take<uint32_t>(*list, i * pair_bytes);
    const auto length = take<uint32_t>(*list, i * pair_bytes + 4);
    const auto bytes = memory.bytes(at, length);
    if (!bytes) return refuse(bytes.error());
    made.left_ += length;
    if (made.left_ > std::numeric_limits<uint32_t>::max()) return refuse(Errno::inval);
    if (length != 0) made.vectors_.push_back(*bytes);
  }
  made.left_ = std::min(made.left_, limits.transfer_bytes);
  return made;
}

std::span<Buffer> IoVecs::next(size_t max_bytes) {
  size_t room = static_cast<size_t>(std::min<uint64_t>(max_bytes, left_));
  size_t used = 0;
  for (size_t i = index_, offset = offset_; room > 0 && used < batch_.size(); ++i, offset = 0) {
    const Buffer piece = vectors_[i].subspan(offset).first(std::min(vectors_[i].size() - offset, room));
    batch_[used++] = piece;
    room -= piece.size();
  }
  return std::span(batch_).first(used);
}

void IoVecs::advance(size_t bytes) {
  left_ -= bytes;
  while (bytes > 0) {
    const size_t step = std::min(bytes, vectors_[index_].size() - offset_);
    bytes -= step;
    offset_ += step;
    if (offset_ == vectors_[index_].size()) ++index_, offset_ = 0;
  }
}

} // namespace skerry::wasi
