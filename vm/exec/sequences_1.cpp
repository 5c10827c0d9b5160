// The superinstructions of part 1 of vm/code/sequences.def.
#include "vm/exec/sequence_rows.hpp"

namespace skerry::vm::sequence_rows {

constinit const Handler part_1[] = {
#define SEQUENCE_1(...) SKERRY_SEQUENCE(1, __VA_ARGS__)
#include "vm/code/sequences.def"
    nullptr};

} // namespace skerry::vm::sequence_rows
