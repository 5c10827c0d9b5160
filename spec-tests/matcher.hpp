// Compares a value with the pattern of a result in a script.
#pragma once

#include "skerry/store.hpp"
#include "skerry/wast.hpp"

namespace skerry::spec {

/// The host value of an externref: the number by which the script names it, as in `(ref.extern 1)`.
struct HostNumber {
  uint32_t number = 0;
};

bool matches(const Store& store, const Value& value, const wat::ResultPattern& pattern);

} // namespace skerry::spec
