// The engine's table of canonical types: structurally equal recursion groups get equal ids, whatever module
// they come from (spec §3.1.3, "Rolling and Unrolling", and §3.3, "Matching").
#pragma once

#include "skerry/error.hpp"
#include "vm/module/module.hpp"

#include <array>
#include <bit>
#include <cstdint>
#include <memory>
#include <mutex>
#include <span>
#include <string>
#include <unordered_map>
#include <vector>

namespace skerry::vm {

/// One canonical type. Concrete heap types in it are canonical ids. Immutable.
struct CanonicalType {
  CompositeKind kind = CompositeKind::func;
  bool is_final = true;
  FuncType func;
  std::vector<FieldType> fields;
  TypeId supertype = SubType::no_type;
  uint32_t depth = 0; // number of supertypes
  /// Supertypes of depth 0 … 7 and the type itself; deeper ones are reached through `supertype`. Of fixed
  /// size, so that memory stays linear in what modules declare.
  std::array<TypeId, 8> display{};
};

/// Thread-safe; grows only. A type is read without a lock: who has an id got it after the type was published.
class TypeRegistry {
public:
  /// Ids stay below, because ValType keeps a heap type in 24 signed bits.
  static constexpr TypeId max_types = 1 << 23;

  /// The canonical id of types[first]; types[first + i] has that id + i. `count` types make one recursion
  /// group; they refer to types before it, which have their ids, and to each other. Error: the registry is
  /// full.
  Result<TypeId> intern(std::span<const SubType> types, uint32_t first, uint32_t count);
  /// A function type on its own, final and without supertype. Heap types in it are canonical already.
  Result<TypeId> intern(const FuncType& type);

  const CanonicalType& operator[](TypeId id) const { return chunks_[chunk_of(id)][index_in_chunk(id)]; }

  /// At most 56 steps for deep hierarchies, one for those of up to 8 levels.
  bool is_subtype(TypeId sub, TypeId super) const;
  /// Spec §3.3.3. Concrete heap types are canonical ids.
  bool matches(HeapType sub, HeapType super) const;
  /// Spec §3.3.5.
  bool matches(ValType sub, ValType super) const;

  size_t size() const;

private:
  // Chunk k has 64 << k types and never moves.
  static constexpr unsigned first_chunk_bits = 6;
  static unsigned chunk_of(TypeId id) {
    return static_cast<unsigned>(std::bit_width((id >> first_chunk_bits) + 1)) - 1;
  }
  static size_t index_in_chunk(TypeId id) {
    return id - (((size_t{1} << chunk_of(id)) - 1) << first_chunk_bits);
  }
  /// Keyed by chance, so that no module can be written to collide.
  class Hash {
  public:
    Hash();
    size_t operator()(const std::u32string& words) const;

  private:
    uint64_t seed_, multiplier_;
  };

  static Error full();
  void publish(TypeId id, CanonicalType type);

  mutable std::mutex mutex_;
  std::unordered_map<std::u32string, TypeId, Hash> ids_; // by encoded group
  std::array<std::unique_ptr<CanonicalType[]>, 24 - first_chunk_bits> chunks_;
  TypeId count_ = 0;
};

/// A module's value type with its type index replaced by the canonical id; other types as they are.
ValType canonical(std::span<const SubType> types, ValType type);

} // namespace skerry::vm
