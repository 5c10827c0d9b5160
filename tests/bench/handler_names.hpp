// The names of handlers, in the words of vm/code/sequences.def: `Binary<i32_add, r0, s, k>`.
#pragma once

#include "vm/code/handler_table.hpp"

#include <string>
#include <vector>

namespace skerry::bench {

struct NamedHandler {
  std::string name;
  vm::NumberedHandler handler;
};

/// Returns every handler of the table whose operation sequences may be made of. A handler that several
/// instructions share occurs several times, always with the same name.
std::vector<NamedHandler> named_handlers(const vm::HandlerTable& table);

} // namespace skerry::bench
