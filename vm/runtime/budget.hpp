// The limits of a store: what they say when something does not fit.
#pragma once

#include "skerry/error.hpp"

#include <cstdint>
#include <string_view>

namespace skerry::vm {

/// "memory_bytes limit exceeded: 131072 asked, 65536 allowed". `name` is the field of StoreLimits.
Error limit_error(std::string_view name, uint64_t asked, uint64_t allowed);

/// Would `more` fit, when `used` of `allowed` is in use? Cannot overflow.
constexpr bool fits(uint64_t used, uint64_t more, uint64_t allowed) {
  return used <= allowed && more <= allowed - used;
}

/// a + b, at most the largest number.
constexpr uint64_t saturating_add(uint64_t a, uint64_t b) { return a + b < a ? ~uint64_t{0} : a + b; }

} // namespace skerry::vm
