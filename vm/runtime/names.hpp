// Names of functions, for messages and backtraces.
#pragma once

#include "vm/runtime/store.hpp"

#include <string_view>

namespace skerry::vm {

/// The function's name in the name section. A function without such a name gets the name of its first export,
/// or an empty name. Valid while the module lives.
std::string_view func_name(const Module& module, uint32_t func_index);

} // namespace skerry::vm
