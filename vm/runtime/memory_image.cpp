// Resets a memory to its image in microseconds. The kernel reports which pages of the memory are no longer
// those of the image (PAGEMAP_SCAN). The first few of these pages are overwritten with the image's content,
// because that takes less time than page faults in the next call. The other pages are discarded
// (MADV_DONTNEED). On older kernels all pages are discarded.
#include "vm/runtime/memory_image.hpp"

#include "vm/runtime/address_space.hpp"
#include "vm/runtime/store.hpp"

#include <fcntl.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstring>

namespace skerry::vm {

namespace {

/// The bytes of private pages that a memory may keep when it is reset. The limit is small, because each of
/// many idle instances may keep as much.
constexpr uint64_t kept_bytes = uint64_t{128} << 10;

uint64_t system_page_bytes() { return round_up_to_page(1); }

#if defined(__linux__)

/// Declarations from <linux/fs.h> of Linux 6.7, repeated here so that this file compiles with older headers.
struct PageRegion {
  uint64_t start, end, categories;
};
struct ScanRequest {
  uint64_t size = sizeof(ScanRequest), flags = 0, start = 0, end = 0, walk_end = 0, regions = 0,
           regions_size = 0, max_pages = 0, inverted = 0, all_of = 0, any_of = 0, returned = 0;
};
constexpr uint64_t is_file = 1 << 2, is_present = 1 << 3, is_swapped = 1 << 4, is_zero_page = 1 << 5;

/// The pages of a range that are private copies instead of pages of the image.
struct OwnPages {
  std::array<PageRegion, 64> regions;
  size_t count = 0;
  uint64_t scanned_to = 0; // pages from this address on were not scanned
};

bool find_own_pages(int pagemap, std::span<const std::byte> range, OwnPages& found) {
  ScanRequest request;
  request.start = reinterpret_cast<uintptr_t>(range.data());
  request.end = request.start + range.size();
  request.regions = reinterpret_cast<uintptr_t>(found.regions.data());
  request.regions_size = found.regions.size();
  request.all_of = request.inverted = is_file | is_zero_page;
  request.any_of = is_present | is_swapped;
  request.returned = is_present;
  const int count = ioctl(pagemap, _IOWR('f', 16, ScanRequest), &request);
  if (count < 0) return false;
  found.count = static_cast<size_t>(count);
  found.scanned_to = request.walk_end;
  return true;
}

/// Opens the file descriptor for find_own_pages. Returns -1 if the kernel does not support PAGEMAP_SCAN.
int open_pagemap() {
  const int pagemap = open("/proc/self/pagemap", O_RDONLY | O_CLOEXEC);
  OwnPages none;
  if (pagemap >= 0 && find_own_pages(pagemap, {}, none)) return pagemap;
  if (pagemap >= 0) close(pagemap);
  return -1;
}

int create_file() { return memfd_create("skerry-image", MFD_CLOEXEC | MFD_ALLOW_SEALING); }
void seal(int file) {
  (void)fcntl(file, F_ADD_SEALS, F_SEAL_SEAL | F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_FUTURE_WRITE);
}

#else

struct OwnPages {
  std::array < struct {
    uint64_t start, end;
  }, 1 > regions;
  size_t count = 0;
  uint64_t scanned_to = 0;
};
bool find_own_pages(int, std::span<const std::byte>, OwnPages&) { return false; }
int open_pagemap() { return -1; }
int create_file() { return -1; }
void seal(int) {}

#endif

/// `bytes` without the pages of zeros at its end.
std::span<const std::byte> without_zero_tail(std::span<const std::byte> bytes) {
  const uint64_t page = system_page_bytes();
  while (bytes.size() >= page && is_all_zero(bytes.last(page))) bytes = bytes.first(bytes.size() - page);
  return bytes;
}

void* map(void* at, uint64_t bytes, int protection, int flags, int file) {
  if (file < 0) flags |= MAP_ANONYMOUS;
  return mmap(at, bytes, protection, flags, file, 0);
}

} // namespace

std::shared_ptr<const MemoryImage> MemoryImage::create(std::span<const std::byte> bytes) {
  std::shared_ptr<MemoryImage> image(new MemoryImage);
  if (!image->freeze(bytes)) return nullptr;
  return image;
}

bool MemoryImage::freeze(std::span<const std::byte> bytes) {
  byte_size_ = bytes.size();
  process_ = getpid();
  pagemap_ = open_pagemap();
  const auto content = without_zero_tail(bytes);
  if (content.empty()) return true;
  file_ = create_file();
  if (file_ >= 0 && ftruncate(file_, static_cast<off_t>(content.size())) != 0) return false;
  void* copy =
      map(nullptr, content.size(), PROT_READ | PROT_WRITE, file_ < 0 ? MAP_PRIVATE : MAP_SHARED, file_);
  if (copy == MAP_FAILED) return false;
  content_ = {static_cast<const std::byte*>(copy), content.size()};
  copy_pages(static_cast<std::byte*>(copy), content);
  if (mprotect(copy, content.size(), PROT_READ) != 0) return false;
  if (file_ >= 0) seal(file_);
  return true;
}

MemoryImage::~MemoryImage() {
  if (!content_.empty()) munmap(const_cast<std::byte*>(content_.data()), content_.size());
  if (file_ >= 0) close(file_);
  if (pagemap_ >= 0) close(pagemap_);
}

/// Makes one mapping for the image's content, and one for the rest of the reservation. The rest must be a
/// single mapping, because the system cannot move several mappings at once when the memory grows.
bool MemoryImage::map_into(MemoryInstance& memory) const {
  constexpr int access = PROT_READ | PROT_WRITE, how = MAP_PRIVATE | MAP_FIXED | MAP_NORESERVE;
  const uint64_t front = file_ < 0 ? 0 : content_.size(), rest = memory.reserved_bytes - front;
  if (front > 0 && map(memory.base, front, access, how, file_) == MAP_FAILED) return false;
  if (rest > 0 && map(memory.base + front, rest, access, how, -1) == MAP_FAILED) return false;
  memory.front_bytes = front;
  if (front == 0) copy_pages(memory.base, content_);
  use_small_pages(memory.base, memory.reserved_bytes);
  return true;
}

/// Copies the bytes [from, to) of the image to the memory.
void MemoryImage::copy_back(const MemoryInstance& memory, uint64_t from, uint64_t to) const {
  const uint64_t content_end = std::clamp<uint64_t>(content_.size(), from, to);
  if (content_end > from) std::memcpy(memory.base + from, content_.data() + from, content_end - from);
  std::memset(memory.base + content_end, 0, to - content_end);
}

bool MemoryImage::revert(MemoryInstance& memory) const {
  OwnPages own;
  const bool knows =
      pagemap_ >= 0 && process_ == getpid() && find_own_pages(pagemap_, {memory.base, memory.byte_size}, own);
  uint64_t kept = 0, rest = 0; // no page after `rest` is kept
  const auto base = reinterpret_cast<uintptr_t>(memory.base);
  for (size_t i = 0; i < own.count; ++i) {
    const uint64_t from = own.regions[i].start - base, to = own.regions[i].end - base;
    if (kept + (to - from) > kept_bytes) break;
    kept += to - from;
    copy_back(memory, from, to);
    rest = to;
  }
  const bool all = knows && own.scanned_to >= base + memory.byte_size &&
                   (own.count == 0 || rest == own.regions[own.count - 1].end - base);
  if (all || rest == memory.byte_size) return true;
#if defined(__linux__)
  // Discards the private pages, so that reads see the mapped file, or zeros.
  if (file_ >= 0 || content_.empty())
    return madvise(memory.base + rest, memory.byte_size - rest, MADV_DONTNEED) == 0;
#endif
  return map_into(memory);
}

} // namespace skerry::vm
