// Copies that leave pages of zeros untouched.
#pragma once

#include <cstddef>
#include <span>

namespace skerry::vm {

bool is_all_zero(std::span<const std::byte> bytes) noexcept;

/// Copies `from` to pages that are zero. Pages of `from` that are zero are skipped, so that their copies take
/// no memory.
void copy_pages(std::byte* to, std::span<const std::byte> from) noexcept;

} // namespace skerry::vm
