// Builds rows of handlers from the operations on memory.
#pragma once

#include "vm/exec/handler_rows.hpp"
#include "vm/exec/memory_ops.hpp"

namespace skerry::vm {

/// All handlers of one load or store. Family provides the operation as a member template Op<mode, value, a,
/// b, scaled>.
template <class Family> struct MemoryRow {
  template <int V, int A> struct Plain {
    using Op = typename Family::template Op<AddressMode::plain, V, A, 0, 0>;
  };
  template <int V, int A, int B, int Scaled> struct Indexed {
    using Op = typename Family::template Op<AddressMode::indexed, V, A, B, Scaled>;
  };
  template <int V, int A> struct Wrapped {
    using Op = typename Family::template Op<AddressMode::wrapped, V, A, 0, 0>;
  };
  template <int V, int A, int B, int Scaled> struct IndexedWrapped {
    using Op = typename Family::template Op<AddressMode::indexed_wrapped, V, A, B, Scaled>;
  };
  static constexpr MemoryHandlers rows() {
    constexpr int v = Family::value_places;
    return {{Places<Plain, v, place::readable>::row(),
             Places<Indexed, v, place::readable, place::writable, 2>::row(),
             Places<Wrapped, v, place::writable>::row(),
             Places<IndexedWrapped, v, place::readable, place::writable, 2>::row()}};
  }
};
inline MemoryHandlers& row_of(HandlerTable& table, Opcode op) { return table.memory[memory_row(op)]; }

template <class M, class T> struct LoadFamily {
  static constexpr int value_places = writable_places<T>;
  template <AddressMode Mode, int D, int A, int B, int Scaled> using Op = Load<M, T, Mode, D, A, B, Scaled>;
};
/// The value of a store may be a constant only if it is an integer.
template <class M> struct StoreFamily {
  static constexpr int value_places = VectorClass<M> ? place::vector_writable : place::readable;
  template <AddressMode Mode, int C, int A, int B, int Scaled>
  using Op = StoreValue<M, Mode, C, A, B, Scaled>;
};

} // namespace skerry::vm
