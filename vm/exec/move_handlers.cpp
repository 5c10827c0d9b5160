// Moves, selects, globals.
#include "vm/exec/handler_rows.hpp"
#include "vm/exec/handlers.hpp"

namespace skerry::vm {
namespace {

#define SKERRY_MAKE(Name, ...)                                                                               \
  template <int... K> struct Name {                                                                          \
    using Op = __VA_ARGS__;                                                                                  \
  };
SKERRY_MAKE(MakeMove, Move<K...>)
SKERRY_MAKE(MakeMoveImm64, MoveImm64<K...>)
SKERRY_MAKE(MakeMoveF32, VectorMove<float, K...>)
SKERRY_MAKE(MakeMoveF64, VectorMove<double, K...>)
SKERRY_MAKE(MakeMove128, VectorMove<Vector, K...>)
SKERRY_MAKE(MakeConstant128, Constant128<K...>)
SKERRY_MAKE(MakeLea1, Lea<1, K...>)
SKERRY_MAKE(MakeLea2, Lea<2, K...>)
SKERRY_MAKE(MakeLea3, Lea<3, K...>)
SKERRY_MAKE(MakeSelect, Select<K...>)
SKERRY_MAKE(MakeSelect1, VectorSelect<1, K...>)
SKERRY_MAKE(MakeSelect2, VectorSelect<2, K...>)
SKERRY_MAKE(MakeGlobalGet, GlobalGet<K...>)
SKERRY_MAKE(MakeGlobalSet, GlobalSet<K...>)
SKERRY_MAKE(MakeImportedGlobalGet, ImportedGlobalGet<K...>)
SKERRY_MAKE(MakeImportedGlobalSet, ImportedGlobalSet<K...>)
#undef SKERRY_MAKE

} // namespace

void add_move_handlers(HandlerTable& table) {
  using namespace kind;
  table.move = Kinds<MakeMove, writable, readable>::row();
  table.move_imm64 = Kinds<MakeMoveImm64, writable>::row();
  table.vmove = {Kinds<MakeMoveF32, vwritable, vreadable>::row(),
                 Kinds<MakeMoveF64, vwritable, vreadable>::row()};
  table.move128 = Kinds<MakeMove128, vwritable, vwritable>::row();
  table.constant128 = Kinds<MakeConstant128, vwritable>::row();
  table.lea = {Kinds<MakeLea1, writable, writable, writable>::row(),
               Kinds<MakeLea2, writable, writable, writable>::row(),
               Kinds<MakeLea3, writable, writable, writable>::row()};
  table.select = Kinds<MakeSelect, writable, readable, readable, writable>::row();
  table.vselect = {Kinds<MakeSelect1, writable>::row(), Kinds<MakeSelect2, writable>::row()};
  table.global_get = Kinds<MakeGlobalGet, writable>::row();
  table.global_set = Kinds<MakeGlobalSet, writable>::row();
  table.imported_global_get = Kinds<MakeImportedGlobalGet, writable>::row();
  table.imported_global_set = Kinds<MakeImportedGlobalSet, writable>::row();
}

} // namespace skerry::vm
