// Moves, selects, globals.
#include "vm/exec/handlers.hpp"
#include "vm/exec/numeric_ops.hpp"

namespace skerry::vm {
namespace {

/// d := a; an immediate is 32 bits sign-extended @12
template <int D, int A> struct Move {
  static constexpr bool can_trap = false;
  static constexpr uint32_t size = 16;
  SKERRY_INLINE static void run(State& s, const std::byte* p) {
    if constexpr (A == kind::imm)
      write<D>(s, p, at_d, static_cast<uint64_t>(int64_t{load_as<int32_t>(p + 12)}));
    else
      write<D>(s, p, at_d, read<uint64_t, A>(s, p, at_a));
  }
};
/// d := imm64 @16
template <int D> struct MoveImm64 {
  static constexpr bool can_trap = false;
  static constexpr uint32_t size = 24;
  SKERRY_INLINE static void run(State& s, const std::byte* p) {
    write<D>(s, p, at_d, load_as<uint64_t>(p + at_imm64));
  }
};
/// d := a; immediates as for b of binary operations
template <class T, int D, int A> struct VectorMove {
  static constexpr bool can_trap = false;
  static constexpr uint32_t size = sizeof(T) == 8 && A == kind::vimm ? 24 : 16;
  SKERRY_INLINE static void run(State& s, const std::byte* p) {
    if constexpr (A == kind::vimm)
      write<D>(s, p, at_d, read_b<T, A>(s, p));
    else
      write<D>(s, p, at_d, read<T, A>(s, p, at_a));
  }
};
/// d := 16 bytes @16
template <int D> struct Constant128 {
  static constexpr bool can_trap = false;
  static constexpr uint32_t size = 32;
  SKERRY_INLINE static void run(State& s, const std::byte* p) {
    write<D>(s, p, at_d, load_as<Vector>(p + 16));
  }
};
/// lea: d := u32(a + (b << Shift))
template <int Shift, int D, int A, int B> struct Lea {
  static constexpr bool can_trap = false;
  static constexpr uint32_t size = 16;
  SKERRY_INLINE static void run(State& s, const std::byte* p) {
    write<D>(s, p, at_d, read<uint32_t, A>(s, p, at_a) + (read<uint32_t, B>(s, p, at_b) << Shift));
  }
};
/// d := c ? a : b; c @14, immediates of 16 bits
template <int D, int A, int B, int C> struct Select {
  static constexpr bool can_trap = false;
  static constexpr uint32_t size = 16;
  SKERRY_INLINE static void run(State& s, const std::byte* p) {
    const uint64_t a = read_imm16<A>(s, p, at_a), b = read_imm16<B>(s, p, at_b);
    write<D>(s, p, at_d, read<uint32_t, C>(s, p, at_c) != 0 ? a : b);
  }
};
/// The same on slots, one or two
template <int Slots, int C> struct VectorSelect {
  static constexpr bool can_trap = false;
  static constexpr uint32_t size = 16;
  SKERRY_INLINE static void run(State& s, const std::byte* p) {
    const uint64_t* from = slot_at(s, p, read<uint32_t, C>(s, p, at_c) != 0 ? at_a : at_b);
    std::memmove(slot_at(s, p, at_d), from, Slots * sizeof(uint64_t));
  }
};
/// Own globals: their value is at instance + imm32 @12
template <int D> struct GlobalGet {
  static constexpr bool can_trap = false;
  static constexpr uint32_t size = 16;
  SKERRY_INLINE static void run(State& s, const std::byte* p) {
    const std::byte* base = reinterpret_cast<const std::byte*>(s.instance);
    write<D>(s, p, at_d, load_as<uint64_t>(base + load_as<uint32_t>(p + 12)));
  }
};
template <int A> struct GlobalSet {
  static constexpr bool can_trap = false;
  static constexpr uint32_t size = 16;
  SKERRY_INLINE static void run(State& s, const std::byte* p) {
    std::byte* base = reinterpret_cast<std::byte*>(s.instance);
    const uint64_t value = read<uint64_t, A>(s, p, at_a);
    std::memcpy(base + load_as<uint32_t>(p + 12), &value, sizeof value);
  }
};
/// Imported ones: global index @12
template <int D> struct ImportedGlobalGet {
  static constexpr bool can_trap = false;
  static constexpr uint32_t size = 16;
  SKERRY_INLINE static void run(State& s, const std::byte* p) {
    write<D>(s, p, at_d, s.instance->globals[load_as<uint32_t>(p + 12)]->value[0]);
  }
};
template <int A> struct ImportedGlobalSet {
  static constexpr bool can_trap = false;
  static constexpr uint32_t size = 16;
  SKERRY_INLINE static void run(State& s, const std::byte* p) {
    s.instance->globals[load_as<uint32_t>(p + 12)]->value[0] = read<uint64_t, A>(s, p, at_a);
  }
};

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
