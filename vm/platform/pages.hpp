// Pages of memory from the operating system. vm/runtime/address_space.hpp uses these functions, and decides
// how much address space guests may take. Other code uses the functions of address_space.hpp, and calls a
// function of this file only if address_space.hpp has none for the purpose.
#pragma once

#include <cstddef>
#include <cstdint>

namespace skerry::platform {

/// Returns the size of a page in bytes, a power of two.
uint64_t page_bytes() noexcept;

/// Returns readable, writable and zeroed pages, which take memory only once they are touched. Returns null if
/// the system refuses.
std::byte* map_pages(uint64_t bytes) noexcept;
/// Returns the pages to the system. If the system cannot unmap the pages, it still frees their memory.
void unmap_pages(std::byte* start, uint64_t bytes) noexcept;
/// Replaces the pages at `start`, which are mapped, by zeroed pages of one new mapping. Returns false if the
/// system refuses.
bool replace_pages(std::byte* start, uint64_t bytes) noexcept;
/// Protects the pages: any access to them ends the process. Returns false if the system refuses.
bool guard_pages(std::byte* start, uint64_t bytes) noexcept;

/// The result of a request to move pages.
enum class Moved { yes, no, unsupported };

// The next three functions work on a range of pages: a whole mapping, or a part that ends where the mapping
// ends. Systems without such calls return null, false and `unsupported`; the caller then copies.

/// Adds pages at the end of the range, and moves the range if necessary. Returns the range's address; null if
/// nothing has changed.
std::byte* remap_pages(std::byte* start, uint64_t bytes, uint64_t new_bytes) noexcept;
/// Adds pages at the end of the range without moving it. Returns false if nothing has changed.
bool extend_pages(std::byte* start, uint64_t bytes, uint64_t new_bytes) noexcept;
/// Adds pages at the end of the range and moves the range to `to`, replacing the pages there. After `no`,
/// nothing is mapped at `to`. After `unsupported`, nothing has changed.
Moved move_pages(std::byte* start, uint64_t bytes, std::byte* to, uint64_t new_bytes) noexcept;

/// Returns whether the system uses huge pages by default.
bool has_automatic_huge_pages() noexcept;
/// Keeps the system from using huge pages for these pages. Does nothing on systems that never use huge pages.
void use_small_pages(std::byte* start, uint64_t bytes) noexcept;

} // namespace skerry::platform
