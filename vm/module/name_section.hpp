// Decodes the custom section "name" (spec §7.6.1, "Name Section").
#pragma once

#include "vm/module/load_watch.hpp"
#include "vm/module/module.hpp"

#include <cstddef>
#include <span>

namespace skerry::vm {

/// Decodes the content of the section. Never fails: at the first malformed subsection, or when the watch
/// expires, it stops and returns the names read before. Names are views of `bytes`. Drops names of functions
/// whose index is not less than `functions`.
NameSection decode_name_section(std::span<const std::byte> bytes, size_t functions, LoadWatch& watch);

} // namespace skerry::vm
