// Decodes the custom section "name" (spec, appendix "Name Section").
#pragma once

#include "vm/module/load_watch.hpp"
#include "vm/module/module.hpp"

#include <cstddef>
#include <span>

namespace skerry::vm {

/// Never fails: stops at the first malformed subsection or when the watch expires, and keeps the names read
/// before. Names are views of the bytes. Drops names of functions beyond the first `functions`.
NameSection decode_name_section(std::span<const std::byte> bytes, size_t functions, LoadWatch& watch);

} // namespace skerry::vm
