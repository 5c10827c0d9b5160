// PAGEMAP_SCAN, since Linux 6.7.
#include "vm/platform/written_pages.hpp"

#include <fcntl.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>

namespace skerry::platform {

namespace {

/// Declarations from <linux/fs.h> of Linux 6.7, repeated here so that this file compiles with older headers.
struct PageRegion {
  uint64_t start, end, categories;
};
struct ScanRequest {
  uint64_t size = sizeof(ScanRequest), flags = 0, start = 0, end = 0, walk_end = 0, regions = 0,
           regions_size = 0, max_pages = 0, inverted = 0, all_of = 0, any_of = 0, returned = 0;
};
constexpr uint64_t is_file = 1 << 2, is_present = 1 << 3, is_swapped = 1 << 4, is_zero_page = 1 << 5;

bool scan(int pagemap, std::span<const std::byte> range, WrittenRegions& found) noexcept {
  // Initialized, because Valgrind does not know that the kernel writes them. It adds about 1 % to the scan.
  std::array<PageRegion, std::tuple_size_v<decltype(found.regions)>> regions{};
  ScanRequest request;
  request.start = reinterpret_cast<uintptr_t>(range.data());
  request.end = request.start + range.size();
  request.regions = reinterpret_cast<uintptr_t>(regions.data());
  request.regions_size = regions.size();
  request.all_of = request.inverted = is_file | is_zero_page;
  request.any_of = is_present | is_swapped;
  request.returned = is_present;
  const int count = ::ioctl(pagemap, _IOWR('f', 16, ScanRequest), &request);
  if (count < 0) return false;
  found.count = static_cast<size_t>(count);
  found.scanned_to = request.walk_end;
  std::transform(regions.begin(), regions.begin() + count, found.regions.begin(),
                 [](const PageRegion& region) { return WrittenRegions::Region{region.start, region.end}; });
  return true;
}

} // namespace

WrittenPages::WrittenPages() noexcept : process_(::getpid()) {
  OwnedFd pagemap(::open("/proc/self/pagemap", O_RDONLY | O_CLOEXEC));
  WrittenRegions none;
  if (pagemap.is_open() && scan(pagemap.get(), {}, none)) pagemap_ = std::move(pagemap);
}

bool WrittenPages::find(std::span<const std::byte> range, WrittenRegions& found) const noexcept {
  return pagemap_.is_open() && process_ == ::getpid() && scan(pagemap_.get(), range, found);
}

} // namespace skerry::platform
