// Recognizes files that are not WebAssembly modules, so that the error can say what they are.
#pragma once

#include <cstddef>
#include <span>
#include <string_view>

namespace skerry::vm {

/// Returns what a file is that is not a module, such as "gzip data: decompress it first". Returns an empty
/// text if its first bytes are unknown.
std::string_view file_kind(std::span<const std::byte> bytes) noexcept;

} // namespace skerry::vm
