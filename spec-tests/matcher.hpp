// Does a value have the form that a script expects?
#pragma once

#include "skerry/store.hpp"
#include "skerry/wast.hpp"

namespace skerry::spec {

/// What the runner puts behind externrefs: the script's number of the host value.
struct HostNumber {
  uint32_t number = 0;
};

bool matches(const Store& store, const Value& value, const wat::ResultPattern& pattern);

} // namespace skerry::spec
