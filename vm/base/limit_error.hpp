// The text of an error about an exceeded limit.
#pragma once

#include "skerry/budget.hpp"
#include "skerry/error.hpp"

#include <cstdint>
#include <string_view>

namespace skerry::vm {

/// "memory_bytes limit exceeded: 131072 asked, 65536 allowed". `name` is the field of StoreLimits or Config,
/// or "budget_bytes".
Error limit_error(std::string_view name, uint64_t asked, uint64_t allowed);
/// The same for a budget that has fewer than `bytes` left.
Error limit_error(std::string_view name, const ByteBudget& budget, uint64_t bytes);

} // namespace skerry::vm
