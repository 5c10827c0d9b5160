// WebAssembly types and values for embedders (spec §2.3, §4.2.1).
#pragma once

#include "skerry/ref.hpp"

#include <array>
#include <bit>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

namespace skerry {

/// Heap types (spec §2.3.4). An abstract heap type is negative: its value is the type's one-byte signed
/// LEB128 code. A concrete heap type is not negative. Inside a module, its value is a type index.
/// Elsewhere, its value is the id of a canonical type, and this id is unique within the engine.
enum class HeapType : int32_t {
  noexn = -0x0c,
  nofunc = -0x0d,
  noextern = -0x0e,
  none = -0x0f,
  func = -0x10,
  extern_ = -0x11,
  any = -0x12,
  eq = -0x13,
  i31 = -0x14,
  struct_ = -0x15,
  array = -0x16,
  exn = -0x17,
};

/// A value type in 32 bits. The low 8 bits are the kind: the first byte of the type's binary code. The upper
/// 24 bits of a reference type are its heap type.
class ValType {
public:
  enum Kind : uint8_t {
    none_ = 0,
    bottom = 1, ///< only in the validator: the type of unreachable operands
    i8 = 0x78,  ///< only for storage types of struct and array fields
    i16 = 0x77,
    v128_ = 0x7b,
    f64_ = 0x7c,
    f32_ = 0x7d,
    i64_ = 0x7e,
    i32_ = 0x7f,
    ref_ = 0x64,
    ref_null_ = 0x63,
  };

  /// The default constructor makes the type none_, which stands for no type. The other constructor makes a
  /// type that has no heap type: a number, vector or storage type, or bottom.
  constexpr ValType() = default;
  constexpr explicit ValType(Kind kind) : bits_(kind) {}
  /// The reference type `(ref heap)` or `(ref null heap)`.
  static constexpr ValType ref(HeapType heap, bool nullable) {
    return from_bits((nullable ? ref_null_ : ref_) | static_cast<uint32_t>(heap) << 8);
  }
  /// The type with the bit pattern `bits`, which bits() has returned.
  static constexpr ValType from_bits(uint32_t bits) {
    ValType type;
    type.bits_ = bits;
    return type;
  }

  /// The kind: the first byte of the type's binary code.
  constexpr Kind kind() const { return static_cast<Kind>(bits_ & 0xff); }
  /// The kind and the heap type as one number. from_bits makes a type from this number.
  constexpr uint32_t bits() const { return bits_; }
  /// Returns whether the type is i32, i64, f32 or f64.
  constexpr bool is_num() const { return kind() >= f64_ && kind() <= i32_; }
  /// Returns whether the type is v128.
  constexpr bool is_vec() const { return kind() == v128_; }
  /// Returns whether the type is a reference type.
  constexpr bool is_ref() const { return kind() == ref_ || kind() == ref_null_; }
  /// Returns whether the type is a reference type that includes null.
  constexpr bool is_nullable() const { return kind() == ref_null_; }
  /// Returns whether the type has a default value, which is zero or null.
  constexpr bool is_defaultable() const { return kind() != ref_; }
  /// The heap type of a reference type.
  constexpr HeapType heap() const { return static_cast<HeapType>(static_cast<int32_t>(bits_) >> 8); }
  /// The number of 64-bit slots that a value of the type takes.
  constexpr uint32_t slots() const { return is_vec() ? 2 : 1; }
  constexpr bool operator==(const ValType&) const = default;

private:
  uint32_t bits_ = 0;
};

inline constexpr ValType i32{ValType::i32_}, i64{ValType::i64_}, f32{ValType::f32_}, f64{ValType::f64_},
    v128{ValType::v128_};
inline constexpr ValType funcref = ValType::ref(HeapType::func, true),
                         externref = ValType::ref(HeapType::extern_, true);

/// The number of 64-bit slots that values of these types take together.
constexpr size_t slot_count(const std::vector<ValType>& types) {
  size_t slots = 0;
  for (const ValType type : types) slots += type.slots();
  return slots;
}

/// The type in the text format: "i32", "funcref", "(ref null 3)", …
std::string to_string(ValType type);

/// A function type.
struct FuncType {
  std::vector<ValType> params;
  std::vector<ValType> results;
  bool operator==(const FuncType&) const = default;
};
/// The type as text: "(i32, i64) -> (f32)".
std::string to_string(const FuncType& type);

/// The minimum and maximum size of a memory in pages of 64 KiB, or of a table in elements. If has_max is
/// false, the maximum is the largest size that the address type allows.
struct Limits {
  uint64_t min = 0;
  uint64_t max = ~uint64_t{0};
  bool has_max = false;
  bool is_64 = false; ///< addresses are i64 (memory64, table64)
  bool shared = false;
  bool operator==(const Limits&) const = default;
};
/// A table type.
struct TableType {
  ValType element = funcref;
  Limits limits;
};
struct MemoryType {
  Limits limits; ///< in pages of 64 KiB
};
/// A global type.
struct GlobalType {
  ValType value = i32;
  bool is_mutable = false;
  bool operator==(const GlobalType&) const = default;
};
/// A tag type.
struct TagType {
  FuncType func;
};

/// The kinds of imports and exports, with their binary codes.
enum class ExternKind : uint8_t { func = 0, table = 1, memory = 2, global = 3, tag = 4 };
/// The kind's name: "function", "table", "memory", "global" or "tag".
std::string_view extern_kind_name(ExternKind kind) noexcept;

using V128 = std::array<uint8_t, 16>; ///< little-endian bytes, lane 0 first

/// A C++ integer type of 32 or 64 bits, which stands for i32 or i64. Both long and long long are included;
/// bool and character types are excluded.
template <class T>
concept WasmInteger = std::integral<T> && (sizeof(T) == 4 || sizeof(T) == 8) && !std::same_as<T, wchar_t> &&
                      !std::same_as<T, char32_t>;
/// A C++ enumeration whose underlying type is a WasmInteger.
template <class T>
concept WasmEnum = std::is_enum_v<T> && WasmInteger<std::underlying_type_t<T>>;
/// A C++ number that stands for a WebAssembly number of the same size.
template <class T>
concept WasmNumber = WasmInteger<T> || std::same_as<T, float> || std::same_as<T, double>;

/// A value and its type (spec §4.2.1). A Value of reference type holds a Ref: copies keep the object alive,
/// and all of them must be used on the thread of the store. Values of other types allocate nothing and can be
/// used on any thread.
class Value {
public:
  /// A value without a type.
  Value() noexcept = default;
  /// A number whose WebAssembly type has the size of the C++ type: i32 or i64 for signed and unsigned
  /// integers, f32 or f64. A bool is an i32 of 0 or 1. Characters, short integers and pointers do not
  /// compile, so that no value is converted silently.
  template <WasmNumber T> Value(T v) noexcept : type_(type_of_number<T>()) {
    if constexpr (std::same_as<T, float>)
      low_.bits = std::bit_cast<uint32_t>(v);
    else if constexpr (std::same_as<T, double>)
      low_.bits = std::bit_cast<uint64_t>(v);
    else
      low_.bits = static_cast<std::make_unsigned_t<T>>(v);
  }
  template <std::same_as<bool> T> Value(T v) noexcept : Value(int32_t{v}) {}
  Value(V128 v) noexcept : type_(v128) {
    std::memcpy(&low_.bits, v.data(), 8);
    std::memcpy(&high_, v.data() + 8, 8);
  }
  /// A reference of this type. A value without a type if `type` is not a reference type.
  Value(ValType type, Ref ref) noexcept : type_(type.is_ref() ? type : ValType()) {
    if (type_.is_ref()) low_.root = std::exchange(ref.root_, nullptr);
  }
  /// Makes a number or vector from slots (Func::call_raw). Only the low half of `lo` is used for i32 and f32,
  /// and `hi` is used only for v128. If `type` is a reference type, the result is null, because only
  /// Store::to_ref can convert the slot of a reference.
  static Value from_slots(ValType type, uint64_t lo, uint64_t hi = 0) noexcept {
    Value v;
    const bool is_half = type.kind() == ValType::i32_ || type.kind() == ValType::f32_;
    v.type_ = type;
    if (!type.is_ref()) v.low_.bits = is_half ? static_cast<uint32_t>(lo) : lo, v.high_ = hi;
    return v;
  }

  Value(const Value& other) noexcept : type_(other.type_), low_(other.low_), high_(other.high_) {
    if (type_.is_ref()) [[unlikely]]
      detail::keep_root(low_.root);
  }
  /// Takes the value. If `other` is a reference, it becomes null.
  Value(Value&& other) noexcept : type_(other.type_), low_(other.low_), high_(other.high_) {
    if (type_.is_ref()) [[unlikely]]
      other.low_.root = nullptr;
  }
  Value& operator=(const Value& other) noexcept { return *this = Value(other); }
  Value& operator=(Value&& other) noexcept {
    std::swap(type_, other.type_), std::swap(low_, other.low_), std::swap(high_, other.high_);
    return *this;
  }
  ~Value() {
    if (type_.is_ref()) [[unlikely]]
      detail::release_root(low_.root);
  }

  /// The value's type.
  ValType type() const noexcept { return type_; }
  /// Each of these functions returns the value as a C++ type. The value must have that type, which is not
  /// checked.
  int32_t as_i32() const noexcept { return static_cast<int32_t>(lo()); }
  uint32_t as_u32() const noexcept { return static_cast<uint32_t>(lo()); }
  int64_t as_i64() const noexcept { return static_cast<int64_t>(lo()); }
  uint64_t as_u64() const noexcept { return lo(); }
  float as_f32() const noexcept { return std::bit_cast<float>(static_cast<uint32_t>(lo())); }
  double as_f64() const noexcept { return std::bit_cast<double>(lo()); }
  V128 as_v128() const noexcept {
    const uint64_t halves[2] = {lo(), hi()};
    V128 v;
    std::memcpy(v.data(), halves, sizeof v);
    return v;
  }
  /// The value as a reference; null if the value has another type.
  Ref as_ref() const noexcept {
    if (!type_.is_ref()) return {};
    detail::keep_root(low_.root);
    return Ref(low_.root);
  }
  /// The slots of a number or vector. Only a v128 uses hi(): the memory of its two slots holds the bytes of
  /// the V128, so its lo() and hi() are not the same numbers on little-endian and big-endian machines. Both
  /// are 0 for a reference; Store::to_slot makes the slot of a reference.
  uint64_t lo() const noexcept { return type_.is_ref() ? 0 : low_.bits; }
  uint64_t hi() const noexcept { return high_; }

private:
  friend struct vm::RefAccess;
  template <class T> static constexpr ValType type_of_number() {
    if constexpr (std::same_as<T, float>)
      return f32;
    else if constexpr (std::same_as<T, double>)
      return f64;
    else
      return sizeof(T) == 4 ? i32 : i64;
  }

  ValType type_;
  union Low {
    uint64_t bits;
    detail::RootHandle* root; // for references; the value owns one count of the root's handles
  };
  Low low_ = {.bits = 0};
  uint64_t high_ = 0;
};

} // namespace skerry
