// Test scripts of the official test suite as data: modules, actions and assertions. interpreter/README.md in
// the repository WebAssembly/spec describes the language. This code only parses scripts; the caller runs
// them.
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

/// A reference to a host value, which the script identifies by a number: `(ref.extern 1)`, or `(ref.host 1)`
/// of type anyref.
struct HostRef {
  ValType type = externref;
  uint32_t number = 0;
};
/// An argument of an action. A null reference is a Value.
using Argument = std::variant<Value, HostRef>;

/// One expected lane of a vector, or an expected number.
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
  std::vector<LanePattern> lanes; ///< one lane for i32, i64, f32 and f64
  bool float_lanes = false;       ///< for a v128: whether its lanes are floats
  HostRef host;
  std::vector<ResultPattern> alternatives;
};

/// A call of an exported function, or a read of an exported global.
struct Action {
  enum class Kind : uint8_t { invoke, get } kind = Kind::invoke;
  std::optional<std::string> module; ///< empty: the last instance that the script made
  std::string field;
  std::vector<Argument> arguments;
};

/// A module in a script, translated to the binary format.
struct ScriptModule {
  enum class Form : uint8_t { text, binary, quote } form = Form::text;
  std::optional<std::string> name;
  bool is_definition = false; ///< the module is validated, but not instantiated
  Result<std::vector<std::byte>> bytes = std::vector<std::byte>{}; ///< the error if the text is malformed
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
    unknown, ///< a command, or a value, of another script language; `message` is its keyword
    broken,  ///< the command could not be parsed: see `error`
  };
  Kind kind = Kind::broken;
  /// The line in the script, counted from 1.
  uint32_t line = 0;
  std::optional<Action> action;
  std::optional<ScriptModule> module;
  std::vector<ResultPattern> results;
  std::string message; ///< the failure that an assertion expects; the name that register_ registers;
                       ///< unknown: the keyword, such as "thread"
  std::optional<std::string> name;    ///< instance: the name of the new instance
  std::optional<std::string> subject; ///< instance: the module; register_: the instance
  std::optional<Error> error;
};
/// The command's name in the script: "assert_return", "module", …
std::string_view command_name(Command::Kind kind) noexcept;

/// Parses a whole script. A component becomes a module whose `bytes` are an unsupported error. Commands of
/// other engines' scripts become `unknown`. A command that cannot be parsed becomes `broken`, and parsing
/// continues with the next command. If the text of a module is malformed, the field `bytes` of the
/// ScriptModule holds the error. If memory runs out, the result is a single `broken` command that reports it.
/// Thread-safe.
std::vector<Command> parse_script(std::string_view text);

/// The value, pattern or action as text for messages: "i32:1 0x00000001", "f32:nan:canonical", "(ref.extern
/// 3)", …
std::string to_string(const Value& value);
std::string to_string(const ResultPattern& pattern);
std::string to_string(const Action& action);

} // namespace skerry::wat
