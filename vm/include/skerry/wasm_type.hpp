// The C++ types that stand for WebAssembly types in typed functions and host functions.
//
//   i32   int32_t, uint32_t           f32   float          v128       V128
//   i64   int64_t, uint64_t           f64   double         externref  Ref
#pragma once

#include "skerry/types.hpp"

#include <array>
#include <bit>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <tuple>
#include <type_traits>

namespace skerry {

/// How a T is passed in slots: its WebAssembly type, how many slots it takes, and how it is loaded from them
/// and stored to them. Specialized only for the types above.
template <class T> struct WasmType;

/// Any integer type of 32 or 64 bits (both long and long long), but not character types or bool.
template <class T>
concept WasmInteger = std::integral<T> && (sizeof(T) == 4 || sizeof(T) == 8) && !std::same_as<T, wchar_t> &&
                      !std::same_as<T, char32_t>;

template <WasmInteger T> struct WasmType<T> {
  static constexpr ValType type = sizeof(T) == 4 ? i32 : i64;
  static constexpr size_t slots = 1;
  static T load(const uint64_t* slot) noexcept { return static_cast<T>(*slot); }
  static void store(uint64_t* slot, T value) noexcept { *slot = static_cast<std::make_unsigned_t<T>>(value); }
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
  static Ref load(const uint64_t* slot) noexcept { return Ref{*slot}; }
  static void store(uint64_t* slot, Ref value) noexcept { *slot = value.bits; }
};

/// A C++ type that stands for a WebAssembly type.
template <class T>
concept WasmValue = requires { WasmType<T>::type; };

/// The results of a function: void, one value, or a std::tuple of several.
template <class R> struct WasmResults;

template <> struct WasmResults<void> {
  static constexpr size_t slots = 0;
  static std::vector<ValType> types() { return {}; }
};

template <WasmValue T> struct WasmResults<T> {
  static constexpr size_t slots = WasmType<T>::slots;
  static std::vector<ValType> types() { return {WasmType<T>::type}; }
  static T load(const uint64_t* values) noexcept { return WasmType<T>::load(values); }
  static void store(uint64_t* values, const T& value) noexcept { WasmType<T>::store(values, value); }
};

template <WasmValue... T> struct WasmResults<std::tuple<T...>> {
  static constexpr size_t slots = (size_t{0} + ... + WasmType<T>::slots);
  static std::vector<ValType> types() { return {WasmType<T>::type...}; }
  static std::tuple<T...> load(const uint64_t* values) noexcept {
    const auto next = [&]<class U>() {
      const uint64_t* at = values;
      values += WasmType<U>::slots;
      return WasmType<U>::load(at);
    };
    return std::tuple<T...> { next.template operator()<T>()... }; // braces: evaluated from left to right
  }
  static void store(uint64_t* values, const std::tuple<T...>& results) noexcept {
    const auto one = [&]<class U>(const U& value) {
      WasmType<U>::store(values, value);
      values += WasmType<U>::slots;
    };
    std::apply([&](const T&... value) { (one(value), ...); }, results);
  }
};

} // namespace skerry
