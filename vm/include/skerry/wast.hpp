// Test scripts of the official suite as data: modules, actions and assertions (the language that
// WebAssembly/spec's interpreter/README.md describes). Running them is the business of who asks for them.
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
/// An argument. Null references are Values.
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
  bool float_lanes = false;       ///< of a v128
  HostRef host;
  std::vector<ResultPattern> alternatives;
};

struct Action {
  enum class Kind : uint8_t { invoke, get } kind = Kind::invoke;
  std::optional<std::string> module; ///< without: the last instance
  std::string field;
  std::vector<Argument> arguments;
};

struct ScriptModule {
  enum class Form : uint8_t { text, binary, quote } form = Form::text;
  std::optional<std::string> name;
  bool is_definition = false;                                      ///< validated, not instantiated
  Result<std::vector<std::byte>> bytes = std::vector<std::byte>{}; ///< or why the text is malformed
};

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
    broken, ///< what cannot be read: `error`
  };
  Kind kind = Kind::broken;
  uint32_t line = 0;
  std::optional<Action> action;
  std::optional<ScriptModule> module;
  std::vector<ResultPattern> results;
  std::string message;                ///< the failure an assertion asks for; the name of a registration
  std::optional<std::string> name;    ///< instance: its name
  std::optional<std::string> subject; ///< instance, register_: the module or instance it is about
  std::optional<Error> error;
};
/// "assert_return", "module", …
std::string_view command_name(Command::Kind kind) noexcept;

/// Reads a whole script. A command that cannot be read becomes `broken`, and reading goes on behind it; text
/// modules that are malformed say so in their `bytes`. When memory runs out, one `broken` command says so.
/// Thread-safe.
std::vector<Command> parse_script(std::string_view text);

/// "i32:1 0x00000001", "f32:nan:canonical", "(ref.extern 3)", …: for messages.
std::string to_string(const Value& value);
std::string to_string(const ResultPattern& pattern);
std::string to_string(const Action& action);

} // namespace skerry::wat
