// Reads from /proc how much the process uses.
#include "vm/platform/process_limits.hpp"

#include "vm/platform/linux/system_file.hpp"
#include "vm/platform/pages.hpp"
#include "vm/platform/posix/resource_limit.hpp"

#include <algorithm>
#include <charconv>

namespace skerry::platform {

namespace {

/// The number at position `word` of a file that contains numbers separated by blanks; 0 if the file does not
/// exist.
uint64_t number_in(const char* path, size_t word) noexcept {
  SystemFile file(path);
  std::string_view text = file.next();
  for (; word > 0; --word) text.remove_prefix(std::min(text.find(' '), text.size() - 1) + 1);
  uint64_t value = 0;
  std::from_chars(text.data(), text.data() + text.size(), value);
  return value;
}

uint64_t data_in_use() noexcept { return number_in("/proc/self/statm", 5) * page_bytes(); }

uint64_t mappings_in_use() noexcept {
  uint64_t lines = 0;
  SystemFile maps("/proc/self/maps");
  for (std::string_view text = maps.next(); !text.empty(); text = maps.next())
    lines += static_cast<uint64_t>(std::count(text.begin(), text.end(), '\n'));
  return lines;
}

} // namespace

uint64_t address_space_in_use() noexcept {
  const uint64_t used = number_in("/proc/self/statm", 0) * page_bytes();
  return used > SIZE_MAX ? 0 : used; // an emulator of a processor with 32 bits shows its own use
}

std::optional<ReachedLimit> reached_limit(uint64_t bytes) noexcept {
  if (const auto allowed = resource_limit(RLIMIT_DATA)) {
    const uint64_t used = data_in_use();
    if (used > *allowed || bytes > *allowed - used)
      return ReachedLimit{"RLIMIT_DATA", "bytes", *allowed, used};
  }
  constexpr uint64_t kernel_keeps = 8; // the kernel refuses mappings shortly before the limit
  const uint64_t allowed = number_in("/proc/sys/vm/max_map_count", 0), used = mappings_in_use();
  if (allowed == 0 || used + kernel_keeps < allowed) return std::nullopt;
  return ReachedLimit{"vm.max_map_count", "mappings", allowed, used};
}

} // namespace skerry::platform
