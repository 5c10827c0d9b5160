// Resets a memory to its image in microseconds. The system reports which pages of the memory are no longer
// those of the image (platform::WrittenPages). The first few of these pages are overwritten with the image's
// content, because that takes less time than page faults in the next call. The other pages are discarded. If
// the system cannot report pages, all of them are discarded; if it cannot discard pages, the memory is mapped
// or copied again.
#include "vm/runtime/memory_image.hpp"

#include "vm/base/address.hpp"
#include "vm/runtime/address_space.hpp"
#include "vm/runtime/store.hpp"

#include <algorithm>
#include <cstring>

namespace skerry::vm {

namespace {

/// The bytes of private pages that a memory may keep when it is reset. The limit is small, because each of
/// many idle instances may keep as much.
constexpr uint64_t kept_bytes = uint64_t{128} << 10;

/// `bytes` without the pages of zeros at its end.
std::span<const std::byte> without_zero_tail(std::span<const std::byte> bytes) {
  const size_t page = to_size(platform::page_bytes());
  while (bytes.size() >= page && is_all_zero(bytes.last(page))) bytes = bytes.first(bytes.size() - page);
  return bytes;
}

} // namespace

std::shared_ptr<const MemoryImage> MemoryImage::create(std::span<const std::byte> bytes) {
  auto content = platform::FrozenBytes::copy_of(without_zero_tail(bytes));
  if (!content) return nullptr;
  return std::shared_ptr<const MemoryImage>(new MemoryImage(std::move(*content), bytes.size()));
}

/// Makes one mapping for the image's content, and one for the rest of the reservation. If the content cannot
/// be mapped, makes one mapping of zeros and copies the content there. The rest is a single mapping, because
/// the system cannot move several mappings at once when the memory grows.
bool MemoryImage::map_into(MemoryInstance& memory) const {
  const uint64_t front = content_.can_be_mapped() ? content_bytes() : 0, rest = memory.reserved_bytes - front;
  if (front > 0 && !content_.map_at(memory.base)) return false;
  if (rest > 0 && !platform::replace_pages(memory.base + front, rest)) return false;
  memory.front_bytes = front;
  if (front == 0) copy_pages(memory.base, content_.bytes());
  use_small_pages(memory.base, memory.reserved_bytes);
  return true;
}

/// Copies the bytes [from, to) of the image to the memory.
void MemoryImage::copy_back(const MemoryInstance& memory, uint64_t from, uint64_t to) const {
  const uint64_t content_end = std::clamp<uint64_t>(content_bytes(), from, to);
  if (content_end > from)
    std::memcpy(memory.base + from, content_.bytes().data() + from, to_size(content_end - from));
  std::memset(memory.base + content_end, 0, to_size(to - content_end));
}

/// Copies the image's content over the pages that the guest has written, in the order of their addresses,
/// until kept_bytes are used up. Returns the end of the last page that was copied, or the size of the memory
/// if no other page was written. Returns 0 if the system cannot report written pages.
uint64_t MemoryImage::copy_back_first_pages(const MemoryInstance& memory) const {
  platform::WrittenRegions written;
  if (!written_.find({memory.base, to_size(memory.byte_size)}, written)) return 0;
  const auto base = address_of(memory.base);
  uint64_t kept = 0, end = 0;
  for (size_t i = 0; i < written.count; ++i) {
    const uint64_t from = written.regions[i].start - base, to = written.regions[i].end - base;
    if (kept + (to - from) > kept_bytes) return end;
    kept += to - from;
    copy_back(memory, from, to);
    end = to;
  }
  return written.scanned_to >= base + memory.byte_size ? memory.byte_size : end;
}

bool MemoryImage::revert(MemoryInstance& memory) const {
  const uint64_t done = copy_back_first_pages(memory);
  if (done == memory.byte_size) return true;
  // Discarding private pages uncovers the mapped image, or zeros. A copied image would be lost.
  const bool is_copied = content_bytes() > 0 && !content_.can_be_mapped();
  if (!is_copied && platform::discard_writes(memory.base + done, memory.byte_size - done)) return true;
  return map_into(memory);
}

} // namespace skerry::vm
