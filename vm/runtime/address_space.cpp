#include "vm/runtime/address_space.hpp"

#include "vm/base/limit_error.hpp"
#include "vm/runtime/budget.hpp"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <bit>
#include <charconv>
#include <cstring>
#include <optional>
#include <string>

// The thread sanitizer follows only mmap and munmap. After an mremap it would consider the pages at the old
// address still in use.
#if defined(__SANITIZE_THREAD__)
#define SKERRY_THREAD_SANITIZER
#elif defined(__has_feature)
#if __has_feature(thread_sanitizer)
#define SKERRY_THREAD_SANITIZER
#endif
#endif
#if defined(__linux__) && !defined(SKERRY_THREAD_SANITIZER)
#define SKERRY_HAS_MREMAP
#endif

namespace skerry::vm {

namespace {

constexpr int access = PROT_READ | PROT_WRITE;
constexpr int anonymous = MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE;

uint64_t page_bytes() noexcept { return static_cast<uint64_t>(sysconf(_SC_PAGESIZE)); }

// ---- Use of the process's resources

/// A file that the system generates, such as /proc/self/maps. Reads it without allocating memory.
class SystemFile {
public:
  explicit SystemFile(const char* path) noexcept : fd_(open(path, O_RDONLY | O_CLOEXEC)) {}
  ~SystemFile() {
    if (fd_ >= 0) close(fd_);
  }
  SystemFile(const SystemFile&) = delete;
  SystemFile& operator=(const SystemFile&) = delete;
  /// The next piece of the file; empty at its end, or if the file cannot be read.
  std::string_view next() noexcept {
    const ssize_t count = fd_ < 0 ? -1 : read(fd_, buffer_.data(), buffer_.size());
    return {buffer_.data(), count > 0 ? static_cast<size_t>(count) : 0};
  }

private:
  int fd_;
  std::array<char, 4096> buffer_;
};

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

uint64_t bytes_in_use() noexcept { return number_in("/proc/self/statm", 0) * page_bytes(); }
uint64_t data_in_use() noexcept { return number_in("/proc/self/statm", 5) * page_bytes(); }

uint64_t mappings_in_use() noexcept {
  uint64_t lines = 0;
  SystemFile maps("/proc/self/maps");
  for (std::string_view text = maps.next(); !text.empty(); text = maps.next())
    lines += static_cast<uint64_t>(std::count(text.begin(), text.end(), '\n'));
  return lines;
}

/// The soft limit of the process for `resource`; empty if there is none.
std::optional<uint64_t> resource_limit(int resource) noexcept {
  rlimit limit{};
  if (getrlimit(static_cast<decltype(RLIMIT_AS)>(resource), &limit) != 0) return {};
  if (limit.rlim_cur == RLIM_INFINITY) return {};
  return limit.rlim_cur;
}

/// The size of the process's address space: RLIMIT_AS, or what the processor can address if that is less. The
/// address of a local variable shows how much the processor can address, because stacks are at the upper end
/// of the addresses.
uint64_t address_space() noexcept {
  const char on_stack = 0;
  const uint64_t processor = std::bit_ceil(reinterpret_cast<uintptr_t>(&on_stack));
  return std::min(resource_limit(RLIMIT_AS).value_or(~uint64_t{0}), processor);
}

/// Returns whether `1/divisor` of the process's address space would be free after `bytes` more are taken.
bool leaves_free(uint64_t bytes, uint64_t divisor) noexcept {
  constexpr uint64_t plenty = uint64_t{1} << 40;
  const uint64_t space = address_space();
  return space >= plenty || fits(bytes_in_use(), bytes, space - space / divisor);
}

} // namespace

// ---- Pages

std::byte* map_pages(uint64_t bytes) noexcept {
  if (bytes == 0 || bytes > SIZE_MAX / 2 || !may_take(bytes)) return nullptr;
  void* mapped = mmap(nullptr, bytes, access, anonymous, -1, 0);
  if (mapped == MAP_FAILED) return nullptr;
  auto* start = static_cast<std::byte*>(mapped);
  if (bytes < huge_page_bytes) use_small_pages(start, bytes);
  return start;
}

bool guard_pages(std::byte* start, uint64_t bytes) noexcept {
#if defined(__linux__)
  constexpr int guard_install = 102; // since Linux 6.13; unlike mprotect, it does not split the mapping
  // qemu-user accepts every advice and does nothing. So guard_install is used only if the system refuses an
  // advice that does not exist.
  constexpr int no_advice = 0x7fff'ffff;
  const bool checks_advice = madvise(start, bytes, no_advice) != 0;
  if (checks_advice && madvise(start, bytes, guard_install) == 0) return true;
#endif
  return mprotect(start, bytes, PROT_NONE) == 0;
}

void release_pages(std::byte* start, uint64_t bytes) noexcept {
  if (start == nullptr || munmap(start, bytes) == 0) return;
  // munmap fails if it would split a mapping and vm.max_map_count is reached. The address space then stays
  // reserved, but the memory is freed.
  (void)madvise(start, bytes, MADV_DONTNEED);
}

bool may_take(uint64_t bytes) noexcept { return leaves_free(bytes, kept_free_divisor); }

bool has_headroom(uint64_t bytes) noexcept { return leaves_free(bytes, headroom_divisor); }

#if defined(SKERRY_HAS_MREMAP)

std::byte* remap_pages(std::byte* start, uint64_t bytes, uint64_t new_bytes) noexcept {
  if (!may_take(new_bytes - bytes)) return nullptr;
  void* moved = mremap(start, bytes, new_bytes, MREMAP_MAYMOVE);
  return moved == MAP_FAILED ? nullptr : static_cast<std::byte*>(moved);
}

bool extend_pages(std::byte* start, uint64_t bytes, uint64_t new_bytes) noexcept {
  return may_take(new_bytes - bytes) && mremap(start, bytes, new_bytes, 0) != MAP_FAILED;
}

bool move_pages(std::byte* start, uint64_t bytes, std::byte* to, uint64_t new_bytes) noexcept {
  return mremap(start, bytes, new_bytes, MREMAP_MAYMOVE | MREMAP_FIXED, to) != MAP_FAILED;
}

#else

std::byte* remap_pages(std::byte* start, uint64_t bytes, uint64_t new_bytes) noexcept {
  std::byte* to = map_pages(new_bytes);
  if (to != nullptr) (void)move_pages(start, bytes, to, new_bytes);
  return to;
}

bool extend_pages(std::byte*, uint64_t, uint64_t) noexcept { return false; }

bool move_pages(std::byte* start, uint64_t bytes, std::byte* to, uint64_t) noexcept {
  copy_pages(to, {start, bytes});
  release_pages(start, bytes);
  return true;
}

#endif

bool has_automatic_huge_pages() noexcept {
  SystemFile enabled("/sys/kernel/mm/transparent_hugepage/enabled");
  return enabled.next().contains("[always]");
}

void use_small_pages([[maybe_unused]] std::byte* start, [[maybe_unused]] uint64_t bytes) noexcept {
#if defined(MADV_NOHUGEPAGE)
  (void)madvise(start, bytes, MADV_NOHUGEPAGE);
#endif
}

bool is_all_zero(std::span<const std::byte> bytes) noexcept {
  return bytes.empty() ||
         (bytes[0] == std::byte{0} && std::memcmp(bytes.data(), bytes.data() + 1, bytes.size() - 1) == 0);
}

void copy_pages(std::byte* to, std::span<const std::byte> from) noexcept {
  const uint64_t page = page_bytes();
  for (uint64_t at = 0; at < from.size(); at += page) {
    const auto bytes = from.subspan(at, std::min(page, from.size() - at));
    if (!is_all_zero(bytes)) std::memcpy(to + at, bytes.data(), bytes.size());
  }
}

uint64_t round_up_to_page(uint64_t bytes) noexcept {
  const uint64_t page = page_bytes();
  return (bytes + page - 1) / page * page;
}

// ---- Reasons for refusal

namespace {

/// Describes a limit and its use: "RLIMIT_AS allows the process 4096000000 bytes, 3584000000 are in use".
std::string met(std::string_view name, uint64_t allowed, std::string_view unit, uint64_t used) {
  return std::string(name) + " allows the process " + std::to_string(allowed) + " " + std::string(unit) +
         ", " + std::to_string(used) + " are in use";
}

std::string reason(uint64_t bytes) {
  if (!may_take(bytes)) {
    const bool by_limit = resource_limit(RLIMIT_AS).value_or(~uint64_t{0}) <= address_space();
    return met(by_limit ? "RLIMIT_AS" : "the address space", address_space(), "bytes", bytes_in_use()) +
           ", and guests must leave an eighth free";
  }
  if (const auto data = resource_limit(RLIMIT_DATA); data && !fits(data_in_use(), bytes, *data))
    return met("RLIMIT_DATA", *data, "bytes", data_in_use());
  constexpr uint64_t kernel_keeps = 8; // the kernel refuses mappings shortly before the limit
  const uint64_t mappings = number_in("/proc/sys/vm/max_map_count", 0), used = mappings_in_use();
  if (mappings != 0 && used + kernel_keeps >= mappings)
    return met("vm.max_map_count", mappings, "mappings", used);
  return "out of memory";
}

} // namespace

Error address_space_refused(uint64_t bytes, std::string_view purpose) {
  return system_refused("the system refuses " + std::to_string(bytes) + " bytes for " + std::string(purpose) +
                        ": " + reason(bytes));
}

} // namespace skerry::vm
