// Uses of the API that must not compile. Each line has exactly one error, which contains the words after
// "error:"; check_refused.py compares.
#include "skerry/skerry.hpp"

#include <array>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

using namespace skerry;

struct Words {
  const char* text;
  std::string_view rest;
};
struct Empty {};
struct Owner {
  std::unique_ptr<int> owned;
};
enum class Small : uint8_t { one };

// clang-format off
void parameters(Linker& linker) {
  linker.define("a", "b", [](std::string) {});                    // error: parameter of this type. Supported are int32_t
  linker.define("a", "b", [](const std::vector<int32_t>&) {});    // error: parameter of this type. Supported are int32_t
  linker.define("a", "b", [](const Words*) {});                   // error: parameter of this type. Supported are int32_t
  linker.define("a", "b", [](const char*) {});                    // error: parameter of this type. Supported are int32_t
  linker.define("a", "b", [](char) {});                           // error: parameter of this type. Supported are int32_t
  linker.define("a", "b", [](int16_t) {});                        // error: parameter of this type. Supported are int32_t
  linker.define("a", "b", [](long double) {});                    // error: parameter of this type. Supported are int32_t
  linker.define("a", "b", [](Small) {});                          // error: parameter of this type. Supported are int32_t
  linker.define("a", "b", [](Empty) {});                          // error: parameter of this type. Supported are int32_t
  linker.define("a", "b", [](const Owner&) {});                   // error: parameter of this type. Supported are int32_t
  linker.define("a", "b", [](std::optional<int32_t>) {});         // error: parameter of this type. Supported are int32_t
  linker.define("a", "b", [](std::array<int32_t, 2>) {});         // error: parameter of this type. Supported are int32_t
  linker.define("a", "b", [](std::span<bool>) {});                // error: parameter of this type. Supported are int32_t
  linker.define("a", "b", [](std::span<std::string>) {});         // error: parameter of this type. Supported are int32_t
  linker.define("a", "b", [](std::span<const char, 4>) {});       // error: parameter of this type. Supported are int32_t
  linker.define("a", "b", [](std::nullptr_t) {});                 // error: parameter of this type. Supported are int32_t
  linker.define("a", "b", [](Value) {});                          // error: parameter of this type. Supported are int32_t
  linker.define("a", "b", [](Memory) {});                         // error: parameter of this type. Supported are int32_t
  linker.define("a", "b", [](Caller) {});                         // error: by reference and as its first parameter: Caller&
  linker.define("a", "b", [](int32_t, Caller&) {});               // error: by reference and as its first parameter: Caller&
  linker.define("a", "b", [](const Caller&) {});                  // error: by reference and as its first parameter: Caller&
  linker.define("a", "b", [](uint32_t&) {});                      // error: cannot change its arguments
}

void results(Linker& linker, Store& store) {
  linker.define("a", "b", [] { return std::string("x"); });                  // error: return this type. Supported are void
  linker.define("a", "b", []() -> const char* { return "x"; });              // error: return this type. Supported are void
  linker.define("a", "b", []() -> std::optional<int32_t> { return {}; });    // error: return this type. Supported are void
  linker.define("a", "b", []() -> std::array<int32_t, 2> { return {}; });    // error: return this type. Supported are void
  linker.define("a", "b", []() -> std::vector<int32_t> { return {}; });      // error: return this type. Supported are void
  linker.define("a", "b", []() -> Words { return {}; });                     // error: return this type. Supported are void
  linker.define("a", "b", []() -> std::string_view { return {}; });          // error: return this type. Supported are void
  linker.define("a", "b", []() -> Result<std::u8string> { return {}; });     // error: return this type. Supported are void
  linker.define("a", "b", []() -> std::tuple<int8_t> { return {}; });        // error: return this type. Supported are void
  linker.define("a", "b", [] { return 'x'; });                               // error: return this type. Supported are void
  static_cast<void>(Func::create(store, [] { return int16_t{1}; }));         // error: return this type. Supported are void
}

int32_t overloaded(int32_t number);
int32_t overloaded(double number);

void callables(Linker& linker) {
  linker.define("a", "b", [](auto) {});                             // error: give the parameters of a generic lambda their types
  linker.define("a", "b", overloaded);                              // error: no matching
  linker.define_raw("a", "b", {}, [](Caller&) {});                  // error: no matching
}

void typed(const Instance& instance, const Func& func) {
  static_cast<void>(instance.func<void(std::string_view)>("f"));    // error: argument of this type. Supported are int32_t
  static_cast<void>(instance.func<void(const int32_t&)>("f"));      // error: argument of this type. Supported are int32_t
  static_cast<void>(instance.func<void(short)>("f"));               // error: argument of this type. Supported are int32_t
  static_cast<void>(func.typed<void(Value)>());                     // error: argument of this type. Supported are int32_t
  static_cast<void>(instance.func<std::wstring()>("f"));            // error: return this type. Supported are void
  static_cast<void>(instance.func<const int32_t&()>("f"));          // error: return this type. Supported are void
  static_cast<void>(func.typed<std::array<int64_t, 3>()>());        // error: return this type. Supported are void
  static_cast<void>(instance.func<int32_t>("f"));                   // error: the signature of a typed function is a function type
}

void bytes(const Engine& engine, const std::vector<int>& numbers, const uint8_t* begin) {
  static_cast<void>(Module::compile(engine, "\0asm\1\0\0\0"));      // error: deleted
  static_cast<void>(Module::compile(engine, numbers));              // error: no matching
  static_cast<void>(Module::compile(engine, begin));                // error: no matching
}

void values() {
  static_cast<void>(Value('x'));                                    // error: no matching
  static_cast<void>(Value("x"));                                    // error: no matching
  static_cast<void>(Value(short{1}));                               // error: no matching
  static_cast<void>(Value(nullptr));                                // error: no matching
}
