// The handlers of unconditional branches, branch tables, returns, function entry, profiles and traces.
#include "vm/exec/handler_rows.hpp"
#include "vm/exec/handlers.hpp"
#include "vm/exec/tracer.hpp"

namespace skerry::vm {
namespace {

template <int... K> struct MakeBranchTable {
  using Op = BranchTable<K...>;
};
template <int... K> struct MakeReturn {
  using Op = ReturnInt<K...>;
};
template <int... K> struct MakeReturnF32 {
  using Op = ReturnFloat<float, K...>;
};
template <int... K> struct MakeReturnF64 {
  using Op = ReturnFloat<double, K...>;
};
template <int... K> struct MakeEnter {
  static constexpr std::array<int, 1> k = {K...};
  using Op = Enter<k[0] == static_cast<int>(enter_unrolled) ? 0 : k[0] + 1>;
};

/// Counts how often control reaches this instruction (layout::Count). The count is a field of the instruction
/// in the code, so only one thread at a time may run the code of an engine that profiles.
SKERRY_HANDLER(counting) {
  SKERRY_STATE
  ++const_cast<layout::Count&>(layout::at<layout::Count>(s.pc)).count;
  NEXT(sizeof(layout::Count));
}

SKERRY_COLD SKERRY_HANDLER(tracing) {
  SKERRY_STATE
  if (Suspension* registers = traced_registers(*s.instance->store)) {
    save(s);
    suspend(s, *registers);
    trace(*s.instance->store);
  }
  NEXT(sizeof(layout::Count));
}

SKERRY_HANDLER(look_handler) {
  SKERRY_STATE
  PAY(layout::at<layout::Look>(s.pc).charge.fuel);
  NEXT(sizeof(layout::Look));
}

SKERRY_HANDLER(unreachable_handler) {
  SKERRY_STATE
  TRAP(ErrorCode::unreachable);
}

} // namespace

Handler counting_handler() { return &counting; }
Handler tracing_handler() { return &tracing; }

void add_control_handlers(HandlerTable& table) {
  using namespace place;
  table.branch = numbered<Branch<false>>();
  table.branch_back = numbered<Branch<true>>();
  table.branch_table = Places<MakeBranchTable, writable>::row();
  table.return_none = numbered<ReturnNone>();
  table.return_ = Places<MakeReturn, readable>::row();
  table.return_float = {Places<MakeReturnF32, vector_readable>::row(),
                        Places<MakeReturnF64, vector_readable>::row()};
  table.enter = Places<MakeEnter, static_cast<int>(enter_unrolled) + 1>::row();
  table.copy_slots = numbered<CopySlots>();
  table.look = {&look_handler};
  table.unreachable = {&unreachable_handler};
}

} // namespace skerry::vm
