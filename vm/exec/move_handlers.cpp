// Moves, selects, globals.
#include "vm/exec/handlers.hpp"
#include "vm/exec/move_ops.hpp"

namespace skerry::vm {
namespace {

#define SKERRY_MAKE(Name, ...)                                                                               \
  template <int... K> struct Name {                                                                          \
    static constexpr Handler handler = &straight<__VA_ARGS__>;                                               \
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
  table.move = Kinds<MakeMove, writable, readable>::table.data();
  table.move_imm64 = Kinds<MakeMoveImm64, writable>::table.data();
  table.vmove = {Kinds<MakeMoveF32, vwritable, vreadable>::table.data(),
                 Kinds<MakeMoveF64, vwritable, vreadable>::table.data()};
  table.move128 = Kinds<MakeMove128, vwritable, vwritable>::table.data();
  table.constant128 = Kinds<MakeConstant128, vwritable>::table.data();
  table.lea = {Kinds<MakeLea1, writable, writable, writable>::table.data(),
               Kinds<MakeLea2, writable, writable, writable>::table.data(),
               Kinds<MakeLea3, writable, writable, writable>::table.data()};
  table.select = Kinds<MakeSelect, writable, readable, readable, writable>::table.data();
  table.vselect = {Kinds<MakeSelect1, writable>::table.data(), Kinds<MakeSelect2, writable>::table.data()};
  table.global_get = Kinds<MakeGlobalGet, writable>::table.data();
  table.global_set = Kinds<MakeGlobalSet, writable>::table.data();
  table.imported_global_get = Kinds<MakeImportedGlobalGet, writable>::table.data();
  table.imported_global_set = Kinds<MakeImportedGlobalSet, writable>::table.data();
}

} // namespace skerry::vm
