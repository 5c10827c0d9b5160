// The limits of a store: what fits, and what they say when something does not.
#pragma once

#include "vm/base/limit_error.hpp"

#include <cstdint>

namespace skerry::vm {

/// Would `more` fit, when `used` of `allowed` is in use? Cannot overflow.
constexpr bool fits(uint64_t used, uint64_t more, uint64_t allowed) {
  return used <= allowed && more <= allowed - used;
}

/// a + b, at most the largest number.
constexpr uint64_t saturating_add(uint64_t a, uint64_t b) { return a + b < a ? ~uint64_t{0} : a + b; }

} // namespace skerry::vm
