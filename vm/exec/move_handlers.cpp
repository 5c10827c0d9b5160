// The handlers of moves, selects and accesses to globals.
#include "vm/exec/handler_rows.hpp"
#include "vm/exec/handlers.hpp"

namespace skerry::vm {
namespace {

#define SKERRY_MAKE(Name, ...)                                                                               \
  template <int... K> struct Name {                                                                          \
    using Op = __VA_ARGS__;                                                                                  \
  };
SKERRY_MAKE(MakeMove, Move<K...>)
SKERRY_MAKE(MakeMoveConstant64, MoveConstant64<K...>)
SKERRY_MAKE(MakeMoveF32, TypedMove<float, K...>)
SKERRY_MAKE(MakeMoveF64, TypedMove<double, K...>)
SKERRY_MAKE(MakeMove128, TypedMove<Vector, K...>)
SKERRY_MAKE(MakeConstant128, Constant128<K...>)
SKERRY_MAKE(MakeLea1, Lea<1, K...>)
SKERRY_MAKE(MakeLea2, Lea<2, K...>)
SKERRY_MAKE(MakeLea3, Lea<3, K...>)
SKERRY_MAKE(MakeSelect, Select<K...>)
SKERRY_MAKE(MakeSelect1, SelectSlots<1, K...>)
SKERRY_MAKE(MakeSelect2, SelectSlots<2, K...>)
SKERRY_MAKE(MakeGlobalGet, GlobalGet<K...>)
SKERRY_MAKE(MakeGlobalSet, GlobalSet<K...>)
SKERRY_MAKE(MakeImportedGlobalGet, ImportedGlobalGet<K...>)
SKERRY_MAKE(MakeImportedGlobalSet, ImportedGlobalSet<K...>)
#undef SKERRY_MAKE

} // namespace

void add_move_handlers(HandlerTable& table) {
  using namespace place;
  table.move = Places<MakeMove, writable, readable>::row();
  table.move_constant64 = Places<MakeMoveConstant64, writable>::row();
  table.float_move = {Places<MakeMoveF32, vector_writable, vector_readable>::row(),
                      Places<MakeMoveF64, vector_writable, vector_readable>::row()};
  table.move128 = Places<MakeMove128, vector_writable, vector_writable>::row();
  table.constant128 = Places<MakeConstant128, vector_writable>::row();
  table.lea = {Places<MakeLea1, writable, writable, writable>::row(),
               Places<MakeLea2, writable, writable, writable>::row(),
               Places<MakeLea3, writable, writable, writable>::row()};
  table.select = Places<MakeSelect, writable, readable, readable, writable>::row();
  table.select_slots = {Places<MakeSelect1, writable>::row(), Places<MakeSelect2, writable>::row()};
  table.global_get = Places<MakeGlobalGet, writable>::row();
  table.global_set = Places<MakeGlobalSet, writable>::row();
  table.imported_global_get = Places<MakeImportedGlobalGet, writable>::row();
  table.imported_global_set = Places<MakeImportedGlobalSet, writable>::row();
}

} // namespace skerry::vm
