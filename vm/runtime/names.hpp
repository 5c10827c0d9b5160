// What functions are called, for messages and backtraces.
#pragma once

#include "vm/runtime/store.hpp"

#include <string_view>

namespace skerry::vm {

/// From the name section, else an export's name, else empty. Lives as long as the module.
std::string_view func_name(const Module& module, uint32_t func_index);

} // namespace skerry::vm
