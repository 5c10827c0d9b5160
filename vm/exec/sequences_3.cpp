// Superinstructions, part 3 of vm/code/sequences.def.
#define SKERRY_SEQUENCE_PART 3
#include "vm/exec/handlers.hpp"
#include "vm/exec/sequence_rows.hpp"

namespace skerry::vm {

std::span<const Sequence> sequences_3() { return all_rows(); }

} // namespace skerry::vm
