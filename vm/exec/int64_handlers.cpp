// The handlers of arithmetic and comparisons of i64.
#include "vm/exec/numeric_rows.hpp"

namespace skerry::vm {

void add_int64_handlers(HandlerTable& table) { add_numeric_rows<NumericUnit::int64>(table); }

} // namespace skerry::vm
