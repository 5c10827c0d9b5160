// The C++ types that stand for WebAssembly types in typed functions and host functions.
//
//   i32   int32_t, uint32_t, bool     f32   float          v128       V128
//   i64   int64_t, uint64_t           f64   double         externref  Ref
//
// An enumeration stands for the type of its underlying integer, which has 32 or 64 bits.
#pragma once

#include "skerry/error.hpp"
#include "skerry/types.hpp"

#include <array>
#include <bit>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <optional>
#include <tuple>
#include <type_traits>
#include <utility>
#include <vector>

namespace skerry {

namespace vm {
struct Store;
}
class Caller;
class Func;

/// How a T is passed in slots: its WebAssembly type, the number of slots that it takes, and how it is loaded
/// from slots and stored to slots. Ref has no load and store, because RefSlots converts references. WasmType
/// is specialized only for the C++ types that the top of this file lists.
template <class T> struct WasmType;

template <WasmInteger T> struct WasmType<T> {
  static constexpr ValType type = sizeof(T) == 4 ? i32 : i64;
  static constexpr size_t slots = 1;
  static T load(const uint64_t* slot) noexcept { return static_cast<T>(*slot); }
  static void store(uint64_t* slot, T value) noexcept { *slot = static_cast<std::make_unsigned_t<T>>(value); }
};

/// Every i32 other than 0 is true, as in C; true is stored as 1.
template <> struct WasmType<bool> {
  static constexpr ValType type = i32;
  static constexpr size_t slots = 1;
  static bool load(const uint64_t* slot) noexcept { return static_cast<uint32_t>(*slot) != 0; }
  static void store(uint64_t* slot, bool value) noexcept { *slot = value; }
};

/// An enumeration is its underlying integer. A guest may pass any number, not only the enumerators.
template <WasmEnum T> struct WasmType<T> {
  using Integer = std::underlying_type_t<T>;
  static constexpr ValType type = WasmType<Integer>::type;
  static constexpr size_t slots = 1;
  static T load(const uint64_t* slot) noexcept { return static_cast<T>(WasmType<Integer>::load(slot)); }
  static void store(uint64_t* slot, T value) noexcept {
    WasmType<Integer>::store(slot, static_cast<Integer>(value));
  }
};

template <> struct WasmType<float> {
  static constexpr ValType type = f32;
  static constexpr size_t slots = 1;
  static float load(const uint64_t* slot) noexcept {
    return std::bit_cast<float>(static_cast<uint32_t>(*slot));
  }
  static void store(uint64_t* slot, float value) noexcept { *slot = std::bit_cast<uint32_t>(value); }
};

template <> struct WasmType<double> {
  static constexpr ValType type = f64;
  static constexpr size_t slots = 1;
  static double load(const uint64_t* slot) noexcept { return std::bit_cast<double>(*slot); }
  static void store(uint64_t* slot, double value) noexcept { *slot = std::bit_cast<uint64_t>(value); }
};

template <> struct WasmType<V128> {
  static constexpr ValType type = v128;
  static constexpr size_t slots = 2;
  static V128 load(const uint64_t* slot) noexcept {
    V128 value;
    std::memcpy(value.data(), slot, sizeof value);
    return value;
  }
  static void store(uint64_t* slot, const V128& value) noexcept {
    std::memcpy(slot, value.data(), sizeof value);
  }
};

template <> struct WasmType<Ref> {
  static constexpr ValType type = externref;
  static constexpr size_t slots = 1;
};

/// A C++ type that stands for a WebAssembly type.
template <class T>
concept WasmValue = requires { WasmType<T>::type; };

namespace detail {

/// Converts between references and slots for one typed call. For a reference that cannot be converted, load
/// returns null and store returns 0. The first error is kept for take_error.
class RefSlots {
public:
  explicit RefSlots(vm::Store& store) noexcept : store_(&store) {}
  explicit RefSlots(const Func& func) noexcept;
  explicit RefSlots(const Caller& caller) noexcept;
  Ref load(uint64_t slot) noexcept;
  uint64_t store(const Ref& ref) noexcept;
  bool has_failed() const noexcept { return error_.has_value(); }
  Error take_error() noexcept { return std::move(*error_); }

private:
  vm::Store* store_;
  std::optional<Error> error_;
};

/// Replaces RefSlots in calls without references. Does nothing.
struct NoRefSlots {
  template <class Place> explicit NoRefSlots(const Place&) noexcept {}
  static constexpr bool has_failed() noexcept { return false; }
  static Error take_error() noexcept { return Error::trap(ErrorCode::none); }
};

/// RefSlots if one of the types T is Ref, else NoRefSlots.
template <class... T>
using RefSlotsFor = std::conditional_t<(std::same_as<T, Ref> || ...), RefSlots, NoRefSlots>;

template <class T, class Refs> T load_value(const uint64_t* slots, [[maybe_unused]] Refs& refs) {
  if constexpr (std::same_as<T, Ref>)
    return refs.load(*slots);
  else
    return WasmType<T>::load(slots);
}
template <class T, class Refs>
void store_value(uint64_t* slots, const T& value, [[maybe_unused]] Refs& refs) {
  if constexpr (std::same_as<T, Ref>)
    *slots = refs.store(value);
  else
    WasmType<T>::store(slots, value);
}

} // namespace detail

/// The results of a function: R is void, one type, or a std::tuple or std::pair of several types.
template <class R> struct WasmResults;

template <> struct WasmResults<void> {
  using Refs = detail::NoRefSlots;
  static constexpr size_t slots = 0;
  static std::vector<ValType> types() { return {}; }
};

template <WasmValue T> struct WasmResults<T> {
  using Refs = detail::RefSlotsFor<T>;
  static constexpr size_t slots = WasmType<T>::slots;
  static std::vector<ValType> types() { return {WasmType<T>::type}; }
  template <class R> static T load(const uint64_t* values, R& refs) {
    return detail::load_value<T>(values, refs);
  }
  static void store(uint64_t* values, const T& value, Refs& refs) {
    detail::store_value(values, value, refs);
  }
};

namespace detail {

/// WasmResults of a tuple or pair of the types T.
template <class Tuple, class... T> struct TupleResults {
  using Refs = detail::RefSlotsFor<T...>;
  static constexpr size_t slots = (size_t{0} + ... + WasmType<T>::slots);
  static std::vector<ValType> types() { return {WasmType<T>::type...}; }
  template <class R> static Tuple load(const uint64_t* values, R& refs) {
    const auto next = [&]<class U>() {
      const uint64_t* at = values;
      values += WasmType<U>::slots;
      return detail::load_value<U>(at, refs);
    };
    return Tuple { next.template operator()<T>()... }; // braces: evaluates from left to right
  }
  static void store(uint64_t* values, const Tuple& results, Refs& refs) {
    const auto one = [&]<class U>(const U& value) {
      detail::store_value(values, value, refs);
      values += WasmType<U>::slots;
    };
    std::apply([&](const T&... value) { (one(value), ...); }, results);
  }
};

} // namespace detail

template <WasmValue... T>
struct WasmResults<std::tuple<T...>> : detail::TupleResults<std::tuple<T...>, T...> {};
template <WasmValue T, WasmValue U>
struct WasmResults<std::pair<T, U>> : detail::TupleResults<std::pair<T, U>, T, U> {};

/// A C++ type that stands for the results of a WebAssembly function.
template <class T>
concept WasmResult = requires { WasmResults<T>::slots; };

/// The WasmValues, for messages of the compiler.
#define SKERRY_WASM_VALUES                                                                                   \
  "int32_t, uint32_t, int64_t, uint64_t, float, double, bool, enumerations of 32 or 64 bits, V128, Ref"

namespace detail {

/// Lets the compiler say why R is not a WasmResult.
template <class R> struct ExplainResult {
  static_assert(WasmResult<R>, "a function cannot return this type. Supported are void, " SKERRY_WASM_VALUES
                               ", a std::tuple or std::pair of these, and for host functions a Result");
};

} // namespace detail

} // namespace skerry
