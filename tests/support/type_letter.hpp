// The names of the types in the signatures of vm/isa/opcodes.def.
#pragma once

#include "skerry/types.hpp"
#include "vm/validate/signature.hpp"

#include <string>

namespace skerry::test {

/// Returns the name of the type with this letter: "i32" for i.
inline std::string type_name(char letter) { return to_string(vm::type_of_letter(letter)); }

} // namespace skerry::test
