// Valid modules made from arbitrary bytes, to find wrong code as well as crashes.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace skerry::fuzz {

/// The same bytes give the same module. It is always valid with Features::defaults(), imports nothing, and
/// exports its functions as "f0", "f1", …, its memory as "memory" and its globals as "g0", …; it may loop
/// forever or trap. Floating-point results never depend on which NaN an operation chose.
std::vector<std::byte> generate_module(std::span<const uint8_t> bytes);

} // namespace skerry::fuzz
