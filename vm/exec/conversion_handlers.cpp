// The handlers of conversions between integers and floats.
#include "vm/exec/numeric_rows.hpp"

namespace skerry::vm {

void add_conversion_handlers(HandlerTable& table) { add_numeric_rows<NumericUnit::conversion>(table); }

} // namespace skerry::vm
