// Compares a value with the pattern that a script expects.
#pragma once

#include "skerry/store.hpp"
#include "skerry/wast.hpp"

namespace skerry::spec {

/// The host value of an externref: the number that the script gives it.
struct HostNumber {
  uint32_t number = 0;
};

bool matches(const Store& store, const Value& value, const wat::ResultPattern& pattern);

} // namespace skerry::spec
