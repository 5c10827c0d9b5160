// Address space for guests: reserves zeroed pages, which take memory only when they are touched; limits how
// much address space guests may take; finds out which of the system's limits refused a reservation.
#pragma once

#include "skerry/error.hpp"
#include "vm/base/zero_pages.hpp"
#include "vm/platform/pages.hpp"

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace skerry::vm {

using platform::guard_pages;
using platform::has_automatic_huge_pages;
using platform::use_small_pages;

/// A reservation is refused if it would leave less than an eighth of the process's address space free. The
/// embedder's heap can grow into this eighth after guests are refused more. The size of the address space is
/// RLIMIT_AS or what the processor can address, whichever is less. If this size is 2^40 bytes or more, no
/// reservation is refused for this reason.
inline constexpr uint64_t kept_free_divisor = 8;
/// Space that guests do not need yet is reserved only while the process uses at most half of its address
/// space.
inline constexpr uint64_t headroom_divisor = 2;
/// Reservations smaller than this never get huge pages, because several reservations would share one huge
/// page, and each would pay for zeroing it.
inline constexpr uint64_t huge_page_bytes = uint64_t{2} << 20;

/// Returns readable, writable and zeroed pages. Returns null if the system refuses, or if too little address
/// space would stay free (kept_free_divisor). The system merges adjacent reservations of the same kind into
/// one mapping, so that thousands of small reservations do not use up vm.max_map_count.
std::byte* map_pages(uint64_t bytes) noexcept;
/// Returns the pages to the system. `start` may be null.
void release_pages(std::byte* start, uint64_t bytes) noexcept;

/// Returns whether the process may take `bytes` more address space and still leave enough free
/// (kept_free_divisor). Call may_take before large allocations.
bool may_take(uint64_t bytes) noexcept;
/// Returns whether `bytes` may be reserved before they are needed (headroom_divisor).
bool has_headroom(uint64_t bytes) noexcept;

// The next three functions work on a range of pages that one call of map_pages has mapped: on the whole
// range, or on a part that ends with the last page. They cannot work on pages of several calls at once.
// Unless stated otherwise, they change nothing if they fail.

/// Adds pages at the end of the range, and returns the range's address, which may be new. Returns null if the
/// system or kept_free_divisor refuses.
std::byte* remap_pages(std::byte* start, uint64_t bytes, uint64_t new_bytes) noexcept;
/// Adds pages at the end of the range without moving it. Returns false if the system or kept_free_divisor
/// refuses, or if the addresses after the range are in use.
bool extend_pages(std::byte* start, uint64_t bytes, uint64_t new_bytes) noexcept;
/// Adds pages at the end of the range and moves the range to `to`, replacing the pages there. If move_pages
/// returns false, nothing is mapped at `to`.
bool move_pages(std::byte* start, uint64_t bytes, std::byte* to, uint64_t new_bytes) noexcept;

/// `bytes` rounded up to whole pages of the system.
uint64_t round_up_to_page(uint64_t bytes) noexcept;

/// A limit error that says why the system refused `bytes` for `purpose` ("a memory"): because of RLIMIT_AS,
/// RLIMIT_DATA or vm.max_map_count, or because there is no memory. Reads the present state of the process,
/// which may take about 10 ms.
Error address_space_refused(uint64_t bytes, std::string_view purpose);

} // namespace skerry::vm
