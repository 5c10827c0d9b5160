// Canonical types: the form in which the engine's registry (TypeRegistry) stores each different type once, in
// a few dozen bytes.
#pragma once

#include "vm/module/rec_group.hpp"
#include "vm/module/type_list.hpp"

#include <cstddef>
#include <cstdint>
#include <span>

namespace skerry::vm {

/// The id of a type in the engine's TypeRegistry. Two types have the same id if and only if they are equal,
/// even if they come from different modules. When the last holder of a type (see TypeHold) releases it, the
/// registry can reuse its id for another type.
using TypeId = uint32_t;
inline constexpr TypeId no_type_id = ~TypeId{0};

/// A type in the registry. Its concrete heap types are canonical ids. It is immutable, is part of a TypeGroup
/// and never moves. It lives as long as the group has a holder; a module is a holder of its types.
class CanonicalType {
public:
  CompositeKind kind() const { return kind_; }
  bool is_final() const { return (flags_ & flag_final) != 0; }
  TypeId id() const { return id_; }
  /// The type's position in its recursion group.
  uint32_t position() const { return position_; }
  /// The number of direct and indirect supertypes.
  uint32_t depth() const { return depth_; }
  /// The direct supertype, or no_type_id.
  TypeId supertype() const { return depth_ == 0 ? no_type_id : *at<TypeId>(0); }
  /// An indirect supertype that is_subtype uses to skip several supertypes at once.
  /// TypeRegistry::link_supertype chooses it. The type must have a supertype.
  TypeId far_supertype() const { return *at<TypeId>(sizeof(TypeId)); }

  TypeList params() const { return {codes(), refs(), first_count_, param_refs()}; }
  TypeList results() const {
    return {codes() + first_count_, refs() + param_refs(), second_count_, result_refs()};
  }
  /// The fields of a struct or array type; empty for functions.
  std::span<const PackedField> fields() const {
    return {at<PackedField>(supertypes_bytes()), kind_ == CompositeKind::func ? 0u : first_count_};
  }
  /// Returns whether all fields have default values.
  bool is_defaultable() const { return (flags_ & flag_defaultable) != 0; }

private:
  friend class TypeRegistry;
  friend class TypeGroupWriter;
  static constexpr uint8_t flag_final = 1, flag_refs = 2, flag_defaultable = 4;
  struct RefCounts {
    uint16_t params, results;
  };

  // The group's block holds all its types and then the variable data of each type. The variable data of this
  // type starts `tail_` bytes after this object. It consists of: the supertype and the far supertype, if the
  // type has a supertype; the RefCounts and the concrete references, if the type has concrete references; and
  // the codes of a function type, or the fields of another type.
  template <class T> const T* at(uint32_t offset) const {
    return reinterpret_cast<const T*>(reinterpret_cast<const std::byte*>(this) + tail_ + offset);
  }
  uint32_t supertypes_bytes() const { return depth_ == 0 ? 0 : 2 * sizeof(TypeId); }
  bool has_refs() const { return (flags_ & flag_refs) != 0; }
  uint32_t param_refs() const { return has_refs() ? at<RefCounts>(supertypes_bytes())->params : 0; }
  uint32_t result_refs() const { return has_refs() ? at<RefCounts>(supertypes_bytes())->results : 0; }
  const ValType* refs() const { return at<ValType>(supertypes_bytes() + sizeof(RefCounts)); }
  const uint8_t* codes() const {
    const uint32_t refs_bytes =
        has_refs()
            ? static_cast<uint32_t>(sizeof(RefCounts) + (param_refs() + result_refs()) * sizeof(ValType))
            : 0;
    return at<uint8_t>(supertypes_bytes() + refs_bytes);
  }

  CompositeKind kind_ = CompositeKind::func;
  uint8_t flags_ = 0;
  uint8_t depth_ = 0;
  TypeId id_ = 0;
  uint32_t position_ = 0;
  uint16_t first_count_ = 0, second_count_ = 0; // parameters and results, or fields and 0
  uint32_t tail_ = 0;                           // offset in bytes from this object
};

/// A recursion group in the registry: one block of memory, which all holders of the group share.
class TypeGroup {
public:
  uint32_t size() const { return size_; }
  const CanonicalType& operator[](uint32_t position) const { return types()[position]; }
  static TypeGroup& of(const CanonicalType& type);

private:
  friend class TypeRegistry;
  friend class TypeTable;
  friend class TypeGroupWriter;
  const CanonicalType* types() const { return reinterpret_cast<const CanonicalType*>(this + 1); }
  CanonicalType* types() { return reinterpret_cast<CanonicalType*>(this + 1); }

  uint32_t holders_ = 0; // if there are no holders: the id of the next group without holders
  uint32_t hash_ = 0;
  uint32_t size_ = 0;
};

inline TypeGroup& TypeGroup::of(const CanonicalType& type) {
  auto* first = const_cast<CanonicalType*>(&type - type.position());
  return *(reinterpret_cast<TypeGroup*>(first) - 1);
}

} // namespace skerry::vm
