// Address space from the operating system: reserved first, usable when committed, zero-filled.
#pragma once

#include <cstddef>
#include <cstdint>

namespace skerry::vm {

/// Reserves without access; null when the address space (or a limit on it) does not allow it.
std::byte* reserve_pages(uint64_t bytes) noexcept;
/// Makes a part of a reservation readable and writable. False when the system refuses.
bool commit_pages(std::byte* start, uint64_t bytes) noexcept;
void release_pages(std::byte* start, uint64_t bytes) noexcept;
/// `bytes` rounded up to what the functions above deal in.
uint64_t round_up_to_page(uint64_t bytes) noexcept;

} // namespace skerry::vm
