// The custom section "name" (spec, appendix "Name Section").
#pragma once

#include "vm/module/load_watch.hpp"
#include "vm/module/module.hpp"

#include <cstddef>
#include <span>

namespace skerry::vm {

/// Never fails: reading stops at the first broken subsection, and what was read before is kept. Names are
/// views of the bytes; those of functions are kept for as many as the module has. Stops as well when the
/// watch expires.
NameSection decode_name_section(std::span<const std::byte> bytes, size_t functions, LoadWatch& watch);

} // namespace skerry::vm
