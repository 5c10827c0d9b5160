// The superinstructions of part 0 of vm/code/sequences.def.
#include "vm/exec/sequence_rows.hpp"

namespace skerry::vm::sequence_rows {

constinit const Handler part_0[] = {
#define SEQUENCE_0(...) SKERRY_SEQUENCE(0, __VA_ARGS__)
#include "vm/code/sequences.def"
    nullptr};

} // namespace skerry::vm::sequence_rows
