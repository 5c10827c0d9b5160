// The machine code that threaded code is made of, as data: the translator picks handlers from here and never
// sees the interpreter.
#pragma once

namespace skerry::vm {

/// Address of a handler; its real type is the interpreter's business (vm/exec/handler.hpp).
using Handler = const void*;

struct HandlerTable {
  Handler lazy_stub = nullptr; // FuncInstance::stub of functions not yet translated
  Handler host_stub = nullptr; // FuncInstance::stub of host functions
};

} // namespace skerry::vm
