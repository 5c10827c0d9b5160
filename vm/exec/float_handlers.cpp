// The handlers of arithmetic and comparisons of f32 and f64.
#include "vm/exec/numeric_rows.hpp"

namespace skerry::vm {

void add_float_handlers(HandlerTable& table) { add_numeric_rows<NumericUnit::floating>(table); }

} // namespace skerry::vm
