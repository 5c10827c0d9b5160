// The handlers of arithmetic and comparisons of i32.
#include "vm/exec/numeric_rows.hpp"

namespace skerry::vm {

void add_int32_handlers(HandlerTable& table) { add_numeric_rows<NumericUnit::int32>(table); }

} // namespace skerry::vm
