// HostParam: how a host function's parameter of a C++ type is read from the slots of a call.
#pragma once

#include "skerry/caller.hpp"
#include "skerry/error.hpp"
#include "skerry/guest_bytes.hpp"
#include "skerry/ref.hpp"
#include "skerry/wasm_type.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <type_traits>
#include <utility>

namespace skerry::detail {

/// `read` reads the parameter from its slots. If it fails, it records the error and returns false. `get`
/// returns the parameter afterwards.
template <class T> struct HostParam;

template <WasmValue T> struct HostParam<T> {
  static constexpr size_t slots = WasmType<T>::slots;
  static constexpr std::array types = {WasmType<T>::type};
  bool read(Caller&, const uint64_t* values) noexcept {
    value = WasmType<T>::load(values);
    return true;
  }
  T get() const noexcept { return value; }
  T value;
};

template <> struct HostParam<Ref> {
  static constexpr size_t slots = 1;
  static constexpr std::array types = {externref};
  bool read(Caller& caller, const uint64_t* values) {
    auto ref = caller.to_ref(values[0]);
    if (!ref) [[unlikely]]
      return caller.fail(std::move(ref.error()));
    value = std::move(*ref);
    return true;
  }
  const Ref& get() const noexcept { return value; }
  Ref value;
};

/// Elements of Caller::memory, passed as the i32 address of the first one and their i32 number. The span is
/// valid until wasm runs again or the memory grows.
template <GuestElement E> struct HostParam<std::span<E>> {
  static constexpr size_t slots = 2;
  static constexpr std::array types = {i32, i32};
  bool read(Caller& caller, const uint64_t* values) {
    auto elements = caller.span<E>(static_cast<uint32_t>(values[0]), static_cast<uint32_t>(values[1]));
    if (!elements) return caller.fail(std::move(elements.error()));
    value = *elements;
    return true;
  }
  std::span<E> get() const noexcept { return value; }
  std::span<E> value;
};

/// A text of Caller::memory, passed as the i32 address and i32 length of its bytes. They are not checked for
/// UTF-8, and are valid as long as those of a span.
template <> struct HostParam<std::string_view> : HostParam<std::span<const char>> {
  std::string_view get() const noexcept { return {value.data(), value.size()}; }
};

/// A struct of Caller::memory, passed as the i32 address of its bytes, which need not be aligned. C compilers
/// pass structs of several members by value in the same way.
template <GuestStruct T> struct HostParam<T> {
  static constexpr size_t slots = 1;
  static constexpr std::array types = {i32};
  bool read(Caller& caller, const uint64_t* values) {
    auto bytes = caller.memory(static_cast<uint32_t>(values[0]), sizeof(T));
    if (!bytes) return caller.fail(std::move(bytes.error()));
    value.emplace(read_bytes<T>(*bytes));
    return true;
  }
  const T& get() const noexcept { return *value; }
  std::optional<T> value; // a T that may have no default constructor
};

/// A type that a host function can have as a parameter, other than Caller&.
template <class T>
concept HostParameter = requires { HostParam<T>::slots; };

/// A parameter that is declared as T: a HostParameter by value or by const reference.
template <class T>
concept HostParameterDeclaration =
    HostParameter<std::remove_cvref_t<T>> &&
    (!std::is_lvalue_reference_v<T> || std::is_const_v<std::remove_reference_t<T>>);

/// Lets the compiler say why T is not a HostParameterDeclaration.
template <class T> struct ExplainHostParameter {
  static constexpr bool is_caller = std::is_same_v<std::remove_cvref_t<T>, Caller>;
  static_assert(!std::is_same_v<std::remove_cvref_t<T>, Caller>,
                "a host function takes its Caller by reference and as its first parameter: Caller&");
  static_assert(
      is_caller || !HostParameter<std::remove_cvref_t<T>> || HostParameterDeclaration<T>,
      "a host function cannot change its arguments: take this parameter by value or by const reference");
  static_assert(is_caller || HostParameter<std::remove_cvref_t<T>>,
                "a host function cannot have a parameter of this type. Supported are " SKERRY_WASM_VALUES
                ", std::string_view, std::span of trivially copyable elements, trivially copyable structs, "
                "and Caller& as the "
                "first parameter");
};

} // namespace skerry::detail
