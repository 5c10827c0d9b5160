// Lists of value types that take one byte per type: the parameters and results of canonical types, and the
// lists that validation compares with them. The size matters because a module may declare millions of
// parameters.
#pragma once

#include "skerry/types.hpp"

#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>
#include <vector>

namespace skerry::vm {

/// Returns whether the type is a reference whose heap type is a concrete type: a type index of a module, or a
/// canonical id once the type is resolved. The alternative is an abstract heap type, such as func.
constexpr bool is_concrete(ValType type) { return type.is_ref() && static_cast<int32_t>(type.heap()) >= 0; }

/// The code of every concrete reference. The heap types of concrete references are in a second list.
inline constexpr uint8_t concrete_code = ValType::ref_;

/// The byte that stands for a type in a list: concrete_code for a concrete reference, else the type's
/// one-byte code in the binary format (spec §5.3). A non-null abstract reference has no such code; its byte
/// is the code of the nullable type minus 0x40, a byte that no other type has.
constexpr uint8_t code_of(ValType type) {
  if (!type.is_ref()) return type.kind();
  if (is_concrete(type)) return concrete_code;
  const auto heap = static_cast<uint8_t>(static_cast<int32_t>(type.heap()) & 0x7f);
  return type.is_nullable() ? heap : static_cast<uint8_t>(heap - 0x40);
}

inline constexpr std::array<ValType, 256> type_of_code = [] {
  std::array<ValType, 256> types{};
  for (const ValType::Kind kind : {ValType::bottom, ValType::i8, ValType::i16, ValType::v128_, ValType::f64_,
                                   ValType::f32_, ValType::i64_, ValType::i32_})
    types[kind] = ValType(kind);
  for (int32_t heap = -0x17; heap <= -0x0c; ++heap)
    for (const bool is_nullable : {false, true}) {
      const ValType type = ValType::ref(static_cast<HeapType>(heap), is_nullable);
      types[code_of(type)] = type;
    }
  return types;
}();

/// single_codes[i] is i, so that a TypeList of one type can point to its code in this array.
inline constexpr std::array<uint8_t, 256> single_codes = [] {
  std::array<uint8_t, 256> codes{};
  for (size_t i = 0; i < codes.size(); ++i) codes[i] = static_cast<uint8_t>(i);
  return codes;
}();

/// A view of a list of at most 65,535 types. The owner of the list must keep it alive.
class TypeList {
public:
  constexpr TypeList() = default;
  constexpr TypeList(const uint8_t* codes, const ValType* refs, uint32_t size, uint32_t ref_count)
      : codes_(codes), refs_(refs), size_(static_cast<uint16_t>(size)),
        ref_count_(static_cast<uint16_t>(ref_count)) {}
  /// A list of one type. `one` must not move while the list is in use.
  explicit TypeList(const ValType& one)
      : TypeList(&single_codes[code_of(one)], &one, 1, is_concrete(one) ? 1 : 0) {}

  constexpr uint32_t size() const { return size_; }
  constexpr bool empty() const { return size_ == 0; }

  class Iterator {
  public:
    using value_type = ValType;
    using difference_type = std::ptrdiff_t;
    Iterator() = default;
    Iterator(const uint8_t* code, const ValType* ref) : code_(code), ref_(ref) {}
    ValType operator*() const { return *code_ == concrete_code ? *ref_ : type_of_code[*code_]; }
    Iterator& operator++() {
      ref_ += *code_++ == concrete_code;
      return *this;
    }
    Iterator operator++(int) {
      const Iterator before = *this;
      ++*this;
      return before;
    }
    bool operator==(const Iterator& other) const { return code_ == other.code_; }

  private:
    const uint8_t* code_ = nullptr;
    const ValType* ref_ = nullptr;
  };
  Iterator begin() const { return {codes_, refs_}; }
  Iterator end() const { return {codes_ + size_, refs_ + ref_count_}; }

  ValType front() const { return *begin(); }
  /// Takes constant time, except for a concrete reference: then it counts the concrete references before
  /// `index`.
  ValType operator[](uint32_t index) const {
    const uint8_t code = codes_[index];
    return code == concrete_code ? refs_[refs_before(index)] : type_of_code[code];
  }
  ValType back() const {
    const uint8_t code = codes_[size_ - 1];
    return code == concrete_code ? refs_[ref_count_ - 1] : type_of_code[code];
  }
  TypeList without_last() const {
    return {codes_, refs_, size_ - 1u, ref_count_ - (codes_[size_ - 1] == concrete_code ? 1u : 0u)};
  }
  /// The list without its last `count` types, among which are `refs` concrete references.
  TypeList without_last(uint32_t count, uint32_t refs) const {
    return {codes_, refs_, size_ - count, ref_count_ - refs};
  }
  uint32_t ref_count() const { return ref_count_; }
  /// The number of concrete references among the last `count` types.
  uint32_t refs_in_last(uint32_t count) const {
    if (count > size_ / 2u) return ref_count_ - refs_before(size_ - count);
    uint32_t refs = 0;
    for (uint32_t i = size_ - count; i < size_; ++i) refs += codes_[i] == concrete_code;
    return refs;
  }
  std::span<const uint8_t> codes() const { return {codes_, size_}; }
  /// Returns whether the lists are equal, or differ only in which types their concrete references refer to.
  bool has_codes_of(const TypeList& other) const {
    return size_ == other.size_ && (size_ == 0 || std::memcmp(codes_, other.codes_, size_) == 0);
  }

  /// Returns whether the list ends with the types of `others`. Compares two ranges of memory at most.
  bool ends_with(const TypeList& others) const {
    if (others.size_ > size_ || others.ref_count_ > ref_count_) return false;
    if (others.size_ == 0) return true;
    const uint8_t* codes = codes_ + (size_ - others.size_);
    if (codes != others.codes_ && std::memcmp(codes, others.codes_, others.size_) != 0) return false;
    if (others.ref_count_ == 0) return true;
    const ValType* refs = refs_ + (ref_count_ - others.ref_count_);
    return refs == others.refs_ || std::memcmp(refs, others.refs_, others.ref_count_ * sizeof(ValType)) == 0;
  }
  bool operator==(const TypeList& other) const { return size_ == other.size_ && ends_with(other); }

  /// The number of 64-bit slots that values of these types take together.
  uint32_t slots() const {
    uint32_t vectors = 0;
    for (uint32_t i = 0; i < size_; ++i) vectors += codes_[i] == ValType::v128_;
    return size_ + vectors;
  }
  bool all_defaultable() const {
    for (const ValType type : *this)
      if (!type.is_defaultable()) return false;
    return true;
  }
  std::vector<ValType> to_vector() const { return {begin(), end()}; }

private:
  /// The number of concrete references before `index`. Handles eight codes at a time: in `difference`, a code
  /// that is equal to concrete_code is a byte of zeros.
  uint32_t refs_before(uint32_t index) const {
    constexpr uint64_t ones = 0x0101'0101'0101'0101, low_bits = 0x7f * ones;
    uint32_t refs = 0, i = 0;
    for (; i + 8 <= index; i += 8) {
      uint64_t codes = 0;
      std::memcpy(&codes, codes_ + i, sizeof codes);
      const uint64_t difference = codes ^ (concrete_code * ones);
      const uint64_t others = (((difference & low_bits) + low_bits) | difference) & ~low_bits;
      refs += 8 - static_cast<uint32_t>(std::popcount(others));
    }
    for (; i < index; ++i) refs += codes_[i] == concrete_code;
    return refs;
  }

  const uint8_t* codes_ = nullptr;
  const ValType* refs_ = nullptr; // the concrete references among the types, in order
  uint16_t size_ = 0, ref_count_ = 0;
};

/// The storage type and mutability of a field of a struct or array.
struct FieldType {
  ValType storage; // may be i8 or i16
  bool is_mutable = false;
};

/// A FieldType in 32 bits. Bit mutable_bit, which no value type uses, is set if the field is mutable.
class PackedField {
public:
  static constexpr uint32_t mutable_bit = 0x80;
  PackedField() = default;
  explicit PackedField(const FieldType& field)
      : bits_(field.storage.bits() | (field.is_mutable ? mutable_bit : 0)) {}
  FieldType get() const { return {ValType::from_bits(bits_ & ~mutable_bit), (bits_ & mutable_bit) != 0}; }
  ValType storage() const { return get().storage; }
  bool is_mutable() const { return (bits_ & mutable_bit) != 0; }

private:
  uint32_t bits_ = 0;
};

} // namespace skerry::vm
