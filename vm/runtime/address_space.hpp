// Address space from the operating system: zero-filled pages that cost memory when they are touched, how much
// of it guests may take, and which limit refuses more.
#pragma once

#include "skerry/error.hpp"

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

namespace skerry::vm {

/// No reservation is made that would leave the process less than an eighth of its address space, so that the
/// embedder's own heap can grow when guests get no more. Address space is RLIMIT_AS, or less where the
/// processor has less; only what is below 2^40 bytes is looked at.
inline constexpr uint64_t kept_free_divisor = 8;
/// What no guest has asked for yet is reserved only while the process uses at most half of its address space.
inline constexpr uint64_t headroom_divisor = 2;
/// Reservations below this never get huge pages: a few of them would share one, and each would pay for it.
inline constexpr uint64_t huge_page_bytes = uint64_t{2} << 20;

/// Readable, writable and zero. Null when the system or the share above refuses. Neighbours of the same kind
/// are one mapping of the system, so that thousands of small ones do not use up vm.max_map_count.
std::byte* map_pages(uint64_t bytes) noexcept;
/// Makes an access end the process. False when the system refuses.
bool guard_pages(std::byte* start, uint64_t bytes) noexcept;
void release_pages(std::byte* start, uint64_t bytes) noexcept;

/// Would `bytes` more, from whoever they come, leave the process its share? To be asked for what is large.
bool may_take(uint64_t bytes) noexcept;
/// May so much be reserved that nobody needs yet?
bool has_headroom(uint64_t bytes) noexcept;

// The next three work on pages that came from one call, whole or from some page to their end: a range of more
// than one mapping cannot be moved. All change nothing when they fail, unless they say so.

/// Makes them more, and returns where they are now; null when refused.
std::byte* remap_pages(std::byte* start, uint64_t bytes, uint64_t new_bytes) noexcept;
/// Makes them more where they are. False when refused, or when what lies behind is taken.
bool extend_pages(std::byte* start, uint64_t bytes, uint64_t new_bytes) noexcept;
/// Makes them more, in place of the pages that are at `to`. False: nothing is at `to` any longer.
bool move_pages(std::byte* start, uint64_t bytes, std::byte* to, uint64_t new_bytes) noexcept;

/// To pages that are zero. Zero pages are left out, so that they cost no memory.
void copy_pages(std::byte* to, std::span<const std::byte> from) noexcept;
bool is_all_zero(std::span<const std::byte> bytes) noexcept;

/// Does the system give huge pages to whoever does not refuse them?
bool has_automatic_huge_pages() noexcept;
/// Many small memories must not cost 2 MiB each, nor copy as much at their first write.
void use_small_pages(std::byte* start, uint64_t bytes) noexcept;

/// `bytes` rounded up to what the functions above deal in.
uint64_t round_up_to_page(uint64_t bytes) noexcept;

/// Why `bytes` for `purpose` ("a memory") were refused: RLIMIT_AS, RLIMIT_DATA, vm.max_map_count, or no
/// memory. Of kind limit. Looks at the process as it is now, which may take some 10 ms.
Error address_space_refused(uint64_t bytes, std::string_view purpose);

} // namespace skerry::vm
