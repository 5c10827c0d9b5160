// Lowers loads and stores: chooses the addressing mode, and folds the operations that compute the address.
#pragma once

#include "vm/isa/instruction.hpp"
#include "vm/translate/lower/context.hpp"

namespace skerry::vm {

void lower_load(LoweringContext& cx, Opcode op, const MemArg& memarg);
void lower_store(LoweringContext& cx, Opcode op, const MemArg& memarg);

} // namespace skerry::vm
