// The engine's table of canonical types. Structurally equal recursion groups get equal ids, even if they come
// from different modules (spec §3.1.3, "Rolling and Unrolling", and §3.3, "Matching").
#pragma once

#include "skerry/error.hpp"
#include "vm/base/keyed_hash.hpp"
#include "vm/module/canonical_type.hpp"

#include <array>
#include <bit>
#include <cstdint>
#include <memory>
#include <mutex>
#include <span>
#include <utility>
#include <vector>

namespace skerry::vm {

class TypeRegistry;

/// A holder of the recursion group that contains a type: keeps the group in the registry. The registry must
/// outlive the TypeHold.
class TypeHold {
public:
  TypeHold() = default;
  TypeHold(TypeRegistry& registry, const CanonicalType& type) : registry_(&registry), type_(&type) {}
  TypeHold(TypeHold&& other) noexcept
      : registry_(other.registry_), type_(std::exchange(other.type_, nullptr)) {}
  TypeHold& operator=(TypeHold&& other) noexcept {
    std::swap(registry_, other.registry_), std::swap(type_, other.type_);
    return *this;
  }
  ~TypeHold();
  const CanonicalType* operator->() const { return type_; }
  const CanonicalType& operator*() const { return *type_; }

private:
  TypeRegistry* registry_ = nullptr;
  const CanonicalType* type_ = nullptr;
};

/// A hash table that finds recursion groups by their content. It uses open addressing and four bytes per
/// slot: the id of the group's first type, and a few bits of the hash. Not thread-safe.
class TypeTable {
public:
  static constexpr unsigned id_bits = 23;

  /// Makes room for `more` groups in addition to those present. Returns false if memory is short.
  [[nodiscard]] bool reserve(size_t more, const TypeRegistry& registry);
  void insert(uint32_t hash, TypeId id);
  void erase(uint32_t hash, TypeId id);
  void clear();
  /// Moves the table to a smaller block of memory if most of it is unused.
  void shrink(const TypeRegistry& registry);
  /// Prefetches the memory that find or insert reads for this hash.
  void expect(uint32_t hash) const {
    if (capacity_ > 0) __builtin_prefetch(&slots_[first_slot(hash)]);
  }
  /// Calls `is_equal` with the ids of groups that may have this hash, until it returns true. Returns the
  /// accepted id, or no_type_id if `is_equal` accepts none.
  template <class F> TypeId find(uint32_t hash, F&& is_equal) const {
    if (capacity_ == 0) return no_type_id;
    for (size_t at = first_slot(hash); slots_[at] != empty; at = (at + 1) & (capacity_ - 1))
      if (slots_[at] >> id_bits == tag(hash) && slots_[at] != erased && is_equal(slots_[at] & id_mask))
        return slots_[at] & id_mask;
    return no_type_id;
  }

private:
  static constexpr uint32_t empty = 0xffff'ffff, erased = 0xffff'fffe, id_mask = (1u << id_bits) - 1;
  static uint32_t tag(uint32_t hash) { return hash >> id_bits; }
  size_t first_slot(uint32_t hash) const { return (hash * uint64_t{0x9e37'79b9}) >> 8 & (capacity_ - 1); }
  [[nodiscard]] bool rebuild(size_t capacity, const TypeRegistry& registry);
  void put(uint32_t hash, uint32_t slot);

  std::unique_ptr<uint32_t[]> slots_;
  size_t capacity_ = 0; // a power of 2
  size_t used_ = 0;     // slots that are not empty, including slots of erased groups
  size_t live_ = 0;
};

/// The canonical types of an engine. Counts the holders of each group: interning a group makes the caller a
/// holder until it releases the group, and a group is a holder of the groups that it refers to. Holders read
/// types without a lock. Thread-safe.
class TypeRegistry {
public:
  /// The limit on the number of types. All ids are less than this limit, because a ValType stores a heap type
  /// in 24 signed bits.
  static constexpr TypeId max_types = (1 << TypeTable::id_bits) - 2;
  /// A type in a RecGroup that is to be interned may name another type of the same group. It does so by that
  /// type's position in the group instead of an id, and sets one of these bits to mark the position.
  static constexpr uint32_t inside_bit = 0x8000'0000; // set in the supertype
  static constexpr uint32_t inside_kind = 0x08;       // set in the kind of a reference type

  TypeRegistry() = default;
  ~TypeRegistry();
  TypeRegistry(const TypeRegistry&) = delete;
  TypeRegistry& operator=(const TypeRegistry&) = delete;

  /// The most groups that one call of intern accepts.
  static constexpr size_t groups_at_once = 32;
  /// Interns groups that do not refer to each other, and appends their canonical types to `types`. The owner
  /// of `types` becomes a holder of the groups. After an error, `types` contains the types of the groups that
  /// were interned before the error. Supertypes and references in a group must be ids, or positions in the
  /// same group (see inside_bit). Errors: limit, if the registry is full or memory is short.
  Result<void> intern(std::span<const RecGroup> groups, std::vector<const CanonicalType*>& types);
  /// Interns a function type that forms its own group, is final and has no supertype. Its concrete heap types
  /// must be canonical ids. Errors: limit; usage for an id that no type has.
  Result<TypeHold> intern(const FuncType& type);
  /// Makes room in the table for `groups` more groups, so that interning them is faster. Does nothing if
  /// memory is short.
  void expect(size_t groups);
  /// Frees room that expect made and that interning did not use.
  void settle();
  /// Adds a holder to the group of `type`, which must already have one.
  TypeHold hold(const CanonicalType& type);
  /// Adds a holder to the type with an id that comes from an embedder. Errors: usage if no type has this id.
  Result<TypeHold> hold(TypeId id);
  /// Removes a holder from the group of `type`.
  void release(const CanonicalType& type);
  /// Removes the holders that a module has added by interning `types`: a group loses one holder for each time
  /// that it occurs in `types`.
  void release(std::span<const CanonicalType* const> types);

  const CanonicalType& operator[](TypeId id) const {
    return *reinterpret_cast<const CanonicalType*>(chunks_[chunk_of(id)].entries[index_in_chunk(id)]);
  }

  /// Returns whether `sub` is `super` or a direct or indirect subtype of it. Takes at most a dozen steps.
  bool is_subtype(TypeId sub, TypeId super) const;
  /// Matching of heap types (spec §3.3.3). Concrete heap types are canonical ids.
  bool matches(HeapType sub, HeapType super) const;
  /// Matching of value types (spec §3.3.5).
  bool matches(ValType sub, ValType super) const;

  /// A hash function with a random key, for tables whose keys a hostile module could choose.
  const KeyedHash& keyed_hash() const { return keyed_hash_; }
  /// The number of types.
  size_t size() const;

private:
  friend class TypeTable;
  // Chunk k has 64 << k ids. Its memory is freed when none of its ids is in use.
  static constexpr unsigned first_chunk_bits = 6;
  static unsigned chunk_of(TypeId id) {
    return static_cast<unsigned>(std::bit_width((id >> first_chunk_bits) + 1)) - 1;
  }
  static TypeId first_of_chunk(unsigned chunk) { return ((TypeId{1} << chunk) - 1) << first_chunk_bits; }
  static size_t index_in_chunk(TypeId id) { return id - first_of_chunk(chunk_of(id)); }
  /// Entry i belongs to the i-th id of the chunk. For an id in use, the entry is the address of the type. For
  /// a freed id, it is 2 * n + 1, where n is the index of the next freed id in the chunk.
  struct Chunk {
    std::unique_ptr<uintptr_t[]> entries;
    uint32_t used = 0;
    uint32_t touched = 0; // indices from this one on have never been used
    uint32_t first_free = none;
    static constexpr uint32_t none = ~uint32_t{0};
  };

  uint32_t hash(const RecGroup& group) const;
  bool is_equal(const RecGroup& group, const TypeGroup& other) const;
  TypeGroup* find(const RecGroup& group, uint32_t hash) const;
  Result<const TypeGroup*> intern_locked(const RecGroup& group, uint32_t hash);
  Result<const TypeGroup*> add(const RecGroup& group, uint32_t hash);
  bool take_ids(TypeGroup& group);
  TypeId take_id();
  void free_id(TypeId id);
  bool is_live(TypeId id) const;
  void link_supertype(CanonicalType& type);
  template <class F> void for_each_reference(const TypeGroup& group, F&& f) const;
  void drop_holder(TypeGroup& group);
  void bury();
  TypeGroup& group_of(TypeId id) const { return TypeGroup::of((*this)[id]); }

  mutable std::mutex mutex_;
  const KeyedHash keyed_hash_;
  TypeTable table_;
  std::array<Chunk, TypeTable::id_bits - first_chunk_bits + 1> chunks_;
  size_t count_ = 0;
  // A list of the groups without holders, linked through TypeGroup::holders_. bury() frees them.
  TypeId first_dead_ = no_type_id, last_dead_ = no_type_id;
  size_t dead_types_ = 0;
};

inline TypeHold::~TypeHold() {
  if (type_ != nullptr) registry_->release(*type_);
}

} // namespace skerry::vm
