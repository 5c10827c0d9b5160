// Address space from the operating system: zeroed pages that take memory once they are touched, how much of
// it guests may take, and which limit refused more.
#pragma once

#include "skerry/error.hpp"

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

namespace skerry::vm {

/// A reservation is refused if less than an eighth of the process's address space would then be free, so that
/// the embedder's heap can still grow after guests are refused more. The size of the address space is
/// RLIMIT_AS or what the processor can address, whichever is less. From 2^40 bytes on, nothing is refused.
inline constexpr uint64_t kept_free_divisor = 8;
/// Space that no guest has asked for yet is reserved only while the process uses at most half of its address
/// space.
inline constexpr uint64_t headroom_divisor = 2;
/// Reservations smaller than this never get huge pages: several would share one, and each would pay for it.
inline constexpr uint64_t huge_page_bytes = uint64_t{2} << 20;

/// Returns readable, writable and zeroed pages, or null if the system or the share above refuses. Adjacent
/// reservations of the same kind are one mapping of the system, so thousands of small ones do not use up
/// vm.max_map_count.
std::byte* map_pages(uint64_t bytes) noexcept;
/// Makes any access to the pages end the process. Returns false if the system refuses.
bool guard_pages(std::byte* start, uint64_t bytes) noexcept;
void release_pages(std::byte* start, uint64_t bytes) noexcept;

/// Returns whether `bytes` more, from any source, would leave the process its share. Ask before large
/// allocations.
bool may_take(uint64_t bytes) noexcept;
/// Returns whether this much may be reserved before it is needed.
bool has_headroom(uint64_t bytes) noexcept;

// The next three work on pages from a single call, either all of them or from some page to the end: a range
// of more than one mapping cannot be moved. Unless stated otherwise, they change nothing if they fail.

/// Enlarges the pages and returns their new address; null if refused.
std::byte* remap_pages(std::byte* start, uint64_t bytes, uint64_t new_bytes) noexcept;
/// Enlarges the pages in place. Returns false if refused, or if the addresses after them are taken.
bool extend_pages(std::byte* start, uint64_t bytes, uint64_t new_bytes) noexcept;
/// Enlarges the pages and moves them to `to`, replacing the pages there. If it returns false, nothing is
/// mapped at `to` any longer.
bool move_pages(std::byte* start, uint64_t bytes, std::byte* to, uint64_t new_bytes) noexcept;

/// Copies to pages that are zero. Skips pages of zeros, so that they take no memory.
void copy_pages(std::byte* to, std::span<const std::byte> from) noexcept;
bool is_all_zero(std::span<const std::byte> bytes) noexcept;

/// Returns whether the system gives huge pages by default.
bool has_automatic_huge_pages() noexcept;
/// Keeps the system from using huge pages: many small memories must not take 2 MiB each, nor copy as much at
/// their first write.
void use_small_pages(std::byte* start, uint64_t bytes) noexcept;

/// `bytes` rounded up to whole pages of the system.
uint64_t round_up_to_page(uint64_t bytes) noexcept;

/// A limit error that says why `bytes` for `purpose` ("a memory") were refused: RLIMIT_AS, RLIMIT_DATA,
/// vm.max_map_count or no memory. It reads the present state of the process, which may take about 10 ms.
Error address_space_refused(uint64_t bytes, std::string_view purpose);

} // namespace skerry::vm
