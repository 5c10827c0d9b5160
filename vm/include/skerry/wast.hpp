// Test scripts of the official suite as data: modules, actions and assertions. WebAssembly/spec's
// interpreter/README.md describes the language. This only parses scripts; the caller runs them.
#pragma once

#include "skerry/error.hpp"
#include "skerry/types.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace skerry::wat {

/// A reference to a host value that a script numbers: `(ref.extern 1)`, or `(ref.host 1)` of type anyref.
struct HostRef {
  ValType type = externref;
  uint32_t number = 0;
};
/// An argument of an action. Null references are Values.
using Argument = std::variant<Value, HostRef>;

/// One lane of an expected number.
struct LanePattern {
  enum class Kind : uint8_t { bits, canonical_nan, arithmetic_nan } kind = Kind::bits;
  uint64_t bits = 0;
};

/// An expected result.
struct ResultPattern {
  enum class Kind : uint8_t {
    number,   ///< a number or vector: `type`, `lanes`
    null,     ///< any null reference
    host_ref, ///< the host value `host`
    ref,      ///< any non-null reference of the heap type in `type`
    either,   ///< one of `alternatives`
  };
  Kind kind = Kind::number;
  ValType type;
  std::vector<LanePattern> lanes; ///< one for i32, i64, f32 and f64
  bool float_lanes = false;       ///< of a v128: its lanes are floats
  HostRef host;
  std::vector<ResultPattern> alternatives;
};

/// A call of an exported function, or a read of an exported global.
struct Action {
  enum class Kind : uint8_t { invoke, get } kind = Kind::invoke;
  std::optional<std::string> module; ///< empty: the last instance
  std::string field;
  std::vector<Argument> arguments;
};

/// A module in a script, translated to the binary format.
struct ScriptModule {
  enum class Form : uint8_t { text, binary, quote } form = Form::text;
  std::optional<std::string> name;
  bool is_definition = false;                                      ///< validate, but do not instantiate
  Result<std::vector<std::byte>> bytes = std::vector<std::byte>{}; ///< or why the text is malformed
};

/// One command of a script.
struct Command {
  enum class Kind : uint8_t {
    module,
    instance, ///< `(module instance $name $module)`
    register_,
    action,
    assert_return,
    assert_trap,
    assert_exhaustion,
    assert_exception,
    assert_malformed,
    assert_invalid,
    assert_malformed_custom,
    assert_invalid_custom,
    assert_unlinkable,
    broken, ///< could not be parsed: see `error`
  };
  Kind kind = Kind::broken;
  /// The line in the script, counted from 1.
  uint32_t line = 0;
  std::optional<Action> action;
  std::optional<ScriptModule> module;
  std::vector<ResultPattern> results;
  std::string message;                ///< the expected failure of an assertion; the name of a registration
  std::optional<std::string> name;    ///< instance: its name
  std::optional<std::string> subject; ///< instance, register_: the module or instance that it refers to
  std::optional<Error> error;
};
/// The command's name in the script: "assert_return", "module", …
std::string_view command_name(Command::Kind kind) noexcept;

/// Parses a whole script. A command that cannot be parsed becomes `broken`, and parsing continues after it.
/// The `bytes` of a malformed text module hold its error. If memory runs out, a single `broken` command
/// reports it. Thread-safe.
std::vector<Command> parse_script(std::string_view text);

/// Text for messages: "i32:1 0x00000001", "f32:nan:canonical", "(ref.extern 3)", …
std::string to_string(const Value& value);
std::string to_string(const ResultPattern& pattern);
std::string to_string(const Action& action);

} // namespace skerry::wat
