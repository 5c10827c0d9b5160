// Names of functions, for messages and backtraces.
#pragma once

#include "vm/runtime/store.hpp"

#include <string_view>

namespace skerry::vm {

/// The function's name in the name section, else the name of an export of it, else empty. Valid while the
/// module lives.
std::string_view func_name(const Module& module, uint32_t func_index);

} // namespace skerry::vm
