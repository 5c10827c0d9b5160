// The superinstructions of part 3 of vm/code/sequences.def.
#include "vm/exec/sequence_rows.hpp"

namespace skerry::vm::sequence_rows {

constinit const Handler part_3[] = {
#define SEQUENCE_3(...) SKERRY_SEQUENCE(3, __VA_ARGS__)
#include "vm/code/sequences.def"
    nullptr};

} // namespace skerry::vm::sequence_rows
