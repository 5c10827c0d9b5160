// Lists of value types in a byte for each: parameters and results of canonical types, and what validation
// compares them with. A module may declare millions of parameters, and spends a byte on each.
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

/// A reference to a type of a module (or, canonical, of the engine), not to an abstract heap type.
constexpr bool is_concrete(ValType type) { return type.is_ref() && static_cast<int32_t>(type.heap()) >= 0; }

/// Stands for a concrete reference in a list of codes: which one is in a second list.
inline constexpr uint8_t concrete_code = ValType::ref_;

/// The byte for a type that is no concrete reference: its one-byte code of the binary format (spec §5.3); a
/// reference that is never null has the code of the nullable one less 0x40, which nothing else has.
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

/// Every byte is where its value says: a list of one type needs no memory of its own.
inline constexpr std::array<uint8_t, 256> single_codes = [] {
  std::array<uint8_t, 256> codes{};
  for (size_t i = 0; i < codes.size(); ++i) codes[i] = static_cast<uint8_t>(i);
  return codes;
}();

/// A view of a list; whoever made it keeps it alive. At most 65,535 types.
class TypeList {
public:
  constexpr TypeList() = default;
  constexpr TypeList(const uint8_t* codes, const ValType* refs, uint32_t size, uint32_t ref_count)
      : codes_(codes), refs_(refs), size_(static_cast<uint16_t>(size)),
        ref_count_(static_cast<uint16_t>(ref_count)) {}
  /// Of one type, which must stay where it is.
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
    Iterator& operator++() { return ref_ += *code_++ == concrete_code, *this; }
    Iterator operator++(int) {
      const Iterator before = *this;
      return ++*this, before;
    }
    bool operator==(const Iterator& other) const { return code_ == other.code_; }

  private:
    const uint8_t* code_ = nullptr;
    const ValType* ref_ = nullptr;
  };
  Iterator begin() const { return {codes_, refs_}; }
  Iterator end() const { return {codes_ + size_, refs_ + ref_count_}; }

  ValType front() const { return *begin(); }
  /// Counts the concrete references before it only when it is one.
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
  /// The part before the last `count` types, of which `refs` are concrete references.
  TypeList without_last(uint32_t count, uint32_t refs) const {
    return {codes_, refs_, size_ - count, ref_count_ - refs};
  }
  uint32_t ref_count() const { return ref_count_; }
  /// How many of the last `count` types are concrete references.
  uint32_t refs_in_last(uint32_t count) const {
    if (count > size_ / 2u) return ref_count_ - refs_before(size_ - count);
    uint32_t refs = 0;
    for (uint32_t i = size_ - count; i < size_; ++i) refs += codes_[i] == concrete_code;
    return refs;
  }
  std::span<const uint8_t> codes() const { return {codes_, size_}; }
  /// Whether the lists differ in concrete references at most.
  bool has_codes_of(const TypeList& other) const {
    return size_ == other.size_ && (size_ == 0 || std::memcmp(codes_, other.codes_, size_) == 0);
  }

  /// Whether the last types are the others, all of them. In a constant number of comparisons of memory.
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

  /// How many 64-bit slots these values take together.
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
  /// Eight codes at a time: of those that are equal, the comparison leaves a byte of zeros.
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
  const ValType* refs_ = nullptr; // the concrete references among them, in order
  uint16_t size_ = 0, ref_count_ = 0;
};

/// The storage type of a field of a structure or array.
struct FieldType {
  ValType storage; // i8 and i16 too
  bool is_mutable = false;
};

/// A field in 32 bits: a bit that no kind of type has says that it is mutable.
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
