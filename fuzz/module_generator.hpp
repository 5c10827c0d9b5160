// Valid modules made from arbitrary bytes, for finding wrong code and not only crashes.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace skerry::fuzz {

/// The same bytes give the same module. It is always valid with Features::defaults(), imports nothing,
/// exports its functions as "f0", "f1", …, its memory as "memory" and its globals as "g0", …; it may loop for
/// ever or trap. Floating-point results never depend on which NaN an operation chose.
std::vector<std::byte> generate_module(std::span<const uint8_t> bytes);

} // namespace skerry::fuzz
