// Content hashes of module files. Internal.
#pragma once

#include <cstddef>
#include <span>
#include <string>

namespace skerry::host {

/// Returns the XXH3-128 hash as 32 lower-case hex digits, in the order that `xxhsum -H2` prints.
std::string xxh3_128(std::span<const std::byte> bytes);

} // namespace skerry::host
