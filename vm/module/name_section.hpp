// The custom section "name" (spec, appendix "Name Section").
#pragma once

#include "vm/module/module.hpp"

#include <cstddef>
#include <span>

namespace skerry::vm {

/// Never fails: reading stops at the first broken subsection, and what was read before is kept.
NameSection decode_name_section(std::span<const std::byte> bytes);

} // namespace skerry::vm
