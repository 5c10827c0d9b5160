#include "vm/runtime/address_space.hpp"

#include "vm/base/address.hpp"
#include "vm/base/limit_error.hpp"
#include "vm/platform/process_limits.hpp"
#include "vm/runtime/budget.hpp"

#include <string>

namespace skerry::vm {

namespace {

/// Returns whether at least 1/divisor of the process's address space would be free after `bytes` more are
/// taken.
bool leaves_free(uint64_t bytes, uint64_t divisor) noexcept {
  constexpr uint64_t plenty = uint64_t{1} << 40;
  const uint64_t space = platform::address_space_bytes();
  return space >= plenty || fits(platform::address_space_in_use(), bytes, space - space / divisor);
}

/// Copies pages to new pages that are zero, and returns the old pages to the system.
void copy_and_release(std::byte* start, uint64_t bytes, std::byte* to) noexcept {
  copy_pages(to, {start, to_size(bytes)});
  release_pages(start, bytes);
}

} // namespace

std::byte* map_pages(uint64_t bytes) noexcept {
  if (bytes == 0 || bytes > SIZE_MAX / 2 || !may_take(bytes)) return nullptr;
  std::byte* start = platform::map_pages(bytes);
  if (start != nullptr && bytes < huge_page_bytes) use_small_pages(start, bytes);
  return start;
}

void release_pages(std::byte* start, uint64_t bytes) noexcept {
  if (start != nullptr) platform::unmap_pages(start, bytes);
}

bool may_take(uint64_t bytes) noexcept { return leaves_free(bytes, kept_free_divisor); }

bool has_headroom(uint64_t bytes) noexcept { return leaves_free(bytes, headroom_divisor); }

std::byte* remap_pages(std::byte* start, uint64_t bytes, uint64_t new_bytes) noexcept {
  if (!may_take(new_bytes - bytes)) return nullptr;
  if (std::byte* moved = platform::remap_pages(start, bytes, new_bytes)) return moved;
  std::byte* to = map_pages(new_bytes);
  if (to != nullptr) copy_and_release(start, bytes, to);
  return to;
}

bool extend_pages(std::byte* start, uint64_t bytes, uint64_t new_bytes) noexcept {
  return may_take(new_bytes - bytes) && platform::extend_pages(start, bytes, new_bytes);
}

bool move_pages(std::byte* start, uint64_t bytes, std::byte* to, uint64_t new_bytes) noexcept {
  const auto moved = platform::move_pages(start, bytes, to, new_bytes);
  if (moved == platform::Moved::unsupported) copy_and_release(start, bytes, to);
  return moved != platform::Moved::no;
}

uint64_t round_up_to_page(uint64_t bytes) noexcept {
  const uint64_t page = platform::page_bytes();
  return (bytes + page - 1) / page * page;
}

namespace {

/// Describes a limit and its use: "RLIMIT_AS allows the process 4096000000 bytes, 3584000000 are in use".
std::string describe(const platform::ReachedLimit& limit) {
  return std::string(limit.name) + " allows the process " + std::to_string(limit.allowed) + " " +
         std::string(limit.unit) + ", " + std::to_string(limit.used) + " are in use";
}

std::string reason(uint64_t bytes) {
  if (!may_take(bytes)) {
    return describe({platform::address_space_limit(), "bytes", platform::address_space_bytes(),
                     platform::address_space_in_use()}) +
           ", and guests must leave an eighth free";
  }
  const auto limit = platform::reached_limit(bytes);
  return limit ? describe(*limit) : "out of memory";
}

} // namespace

Error address_space_refused(uint64_t bytes, std::string_view purpose) {
  return system_refused("the system refuses " + std::to_string(bytes) + " bytes for " + std::string(purpose) +
                        ": " + reason(bytes));
}

} // namespace skerry::vm
