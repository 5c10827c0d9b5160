// Arithmetic for the limits of a store.
#pragma once

#include "vm/base/limit_error.hpp"

#include <cstdint>

namespace skerry::vm {

/// Returns whether `more` can be added if `used` of `allowed` is in use. The computation cannot overflow.
constexpr bool fits(uint64_t used, uint64_t more, uint64_t allowed) {
  return used <= allowed && more <= allowed - used;
}

/// a + b, or the largest number if the sum overflows.
constexpr uint64_t saturating_add(uint64_t a, uint64_t b) { return a + b < a ? ~uint64_t{0} : a + b; }

} // namespace skerry::vm
