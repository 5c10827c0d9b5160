// Branches without a condition, branch tables, returns, function entry.
#include "vm/exec/branch_ops.hpp"
#include "vm/exec/ending_ops.hpp"
#include "vm/exec/handlers.hpp"
#include "vm/exec/move_ops.hpp"

namespace skerry::vm {
namespace {

template <int... K> struct MakeBranchTable {
  static constexpr Handler handler = &ending<BranchTable<K...>>;
};
template <int... K> struct MakeReturn {
  static constexpr Handler handler = &ending<ReturnInt<K...>>;
};
template <int... K> struct MakeReturnF32 {
  static constexpr Handler handler = &ending<ReturnFloat<float, K...>>;
};
template <int... K> struct MakeReturnF64 {
  static constexpr Handler handler = &ending<ReturnFloat<double, K...>>;
};
template <int... K> struct MakeEnter {
  static constexpr std::array<int, 1> k = {K...};
  static constexpr Handler handler =
      &straight<Enter<k[0] == static_cast<int>(enter_unrolled) ? 0 : k[0] + 1>>;
};

/// Counter @8. Code of an engine that profiles is written while it runs: one thread at a time.
SKERRY_HANDLER(counting) {
  SKERRY_STATE
  ++*reinterpret_cast<uint64_t*>(const_cast<std::byte*>(s.pc + 8));
  NEXT(24);
}

SKERRY_HANDLER(unreachable_handler) {
  SKERRY_STATE
  TRAP(ErrorCode::unreachable);
}

} // namespace

Handler counting_handler() { return &counting; }

void add_control_handlers(HandlerTable& table) {
  using namespace kind;
  table.branch = &branching<Branch<false>>;
  table.branch_back = &branching<Branch<true>>;
  table.branch_table = Kinds<MakeBranchTable, writable>::table.data();
  table.return_none = &ending<ReturnNone>;
  table.return_ = Kinds<MakeReturn, readable>::table.data();
  table.return_v = {Kinds<MakeReturnF32, vreadable>::table.data(),
                    Kinds<MakeReturnF64, vreadable>::table.data()};
  table.enter = Kinds<MakeEnter, static_cast<int>(enter_unrolled) + 1>::table.data();
  table.copy_slots = &straight<CopySlots>;
  table.unreachable = &unreachable_handler;
}

} // namespace skerry::vm
