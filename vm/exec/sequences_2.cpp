// The superinstructions of part 2 of vm/code/sequences.def.
#include "vm/exec/sequence_rows.hpp"

namespace skerry::vm::sequence_rows {

constinit const Handler part_2[] = {
#define SEQUENCE_2(...) SKERRY_SEQUENCE(2, __VA_ARGS__)
#include "vm/code/sequences.def"
    nullptr};

} // namespace skerry::vm::sequence_rows
