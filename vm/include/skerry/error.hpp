// Errors are values: every function that can fail returns a Result<T>, which holds a T or an Error.
#pragma once

#include "skerry/expected.hpp"

#include <cstdint>
#include <exception>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace skerry {

/// The kind of failure. The first six kinds match the assertions of the official test suite.
enum class ErrorKind : uint8_t {
  malformed,   ///< the bytes (or the text) do not follow the grammar
  invalid,     ///< well-formed, but refused by validation
  unlinkable,  ///< imports are missing or have another type
  trap,        ///< the program trapped (spec §4.2.2)
  exhaustion,  ///< a running call used up its call stack, fuel, time or another resource
  exception,   ///< the program threw a wasm exception and did not catch it
  unsupported, ///< the module uses a feature that is off, or that this version does not have
  limit,       ///< a configured limit refuses the module or the operation
  host,        ///< a host function failed, or asked the program to exit
  usage,       ///< the embedder used the API wrongly (wrong store, wrong type, missing export)
  io,          ///< a file could not be read
};

/// The exact reason. `code_name` returns the stable text that JSON output and the command line use.
enum class ErrorCode : uint8_t {
  none, // malformed, invalid, unlinkable and usage errors: only the message gives the reason
  // traps (spec §4.2.2), named as in the official test suite
  unreachable,
  integer_divide_by_zero,
  integer_overflow,
  invalid_conversion_to_integer,
  out_of_bounds_memory_access,
  out_of_bounds_table_access,
  out_of_bounds_array_access,
  undefined_element,
  uninitialized_element,
  indirect_call_type_mismatch,
  null_reference,
  null_function_reference,
  null_structure_reference,
  null_array_reference,
  null_i31_reference,
  null_exception_reference,
  cast_failure,
  unaligned_atomic,
  unknown_import, ///< a call of an import without a definition (UnknownImports::trap)
  // exhaustion
  call_stack_exhausted,
  out_of_fuel,
  deadline_exceeded,
  interrupted,
  // limit
  limit_exceeded,
  // unsupported
  unsupported, ///< see Error::feature. A malformed error has this code if its bytes also are those of a
               ///< feature
  // host
  exit,           ///< the program asked to exit; see Error::exit_status
  host_failed,    ///< a host function returned an error
  host_exception, ///< a host function threw; see Error::host_exception
  uncaught_exception,
};

/// The limits that an error of code limit_exceeded can name.
enum class LimitId : uint8_t {
  memory_bytes, // StoreLimits
  table_elements,
  instances,
  memories,
  tables,
  heap_bytes,
  budget_bytes,   ///< Store::set_budget
  engine_budget,  ///< Config
  module_bytes,   ///< ModuleLimits
  max_bytes,      ///< of CompileOptions, ToBinaryOptions or ToTextOptions; `asked` is a lower bound
  process_memory, ///< the system refuses memory to the process; both numbers of ExceededLimit are 0
};

/// The limit that was exceeded, the amount that was asked for and the amount allowed.
struct ExceededLimit {
  LimitId id = LimitId::memory_bytes;
  uint64_t asked = 0, allowed = 0;
  bool operator==(const ExceededLimit&) const = default;
};

/// The kind's name: "malformed", "trap", …
std::string_view kind_name(ErrorKind kind) noexcept;
/// The code's name: "unreachable", "out_of_bounds_memory_access", …
std::string_view code_name(ErrorCode code) noexcept;
/// The specification's text for a trap or exhaustion ("integer divide by zero"); empty for other codes.
std::string_view code_message(ErrorCode code) noexcept;

/// A place in a text.
struct SourcePosition {
  uint32_t line = 1, column = 1; ///< both counted from 1; columns count bytes
  bool operator==(const SourcePosition&) const = default;
};

/// One frame of a wasm backtrace. A backtrace lists the innermost frame first.
struct Frame {
  uint32_t func_index = 0;
  std::string func_name;   ///< from the name section, else the name of an export, else empty; printable
  std::string module_name; ///< from the name section; empty if unknown; printable (see skerry/printable.hpp)
  uint64_t module_offset = 0; ///< byte offset of the instruction in the module; 0 if there is none
  /// The value of module_offset if the offset could not be computed, because the deadline had passed or a
  /// memory budget was used up.
  static constexpr uint64_t unknown_offset = ~uint64_t{0};
};

/// A failure: its kind, its exact reason, a message, and where it happened. Copyable, and one pointer in
/// size, so that a Result stays cheap. One thread at a time; copies are independent.
/// All texts in an error are meant for people. Error makes every text printable (skerry/printable.hpp), so
/// that a name or a message that a guest chooses cannot control a terminal, start a new line or be long. In
/// contrast, the functions of Module return names unchanged.
/// Throughout this API, a function that does not return a Result (for example a constructor) cannot report an
/// Error. It throws std::bad_alloc when memory runs out.
class Error {
public:
  /// The value of offset() if the error has no offset.
  static constexpr uint64_t no_offset = ~uint64_t{0};
  /// The value of func_index() if the error belongs to no function.
  static constexpr uint32_t no_func = ~uint32_t{0};

  /// An error with this message. The constructor makes the message printable.
  Error(ErrorKind kind, ErrorCode code, std::string message);
  /// A malformed, invalid or limit error. `message` says what is wrong; `offset` is the byte offset in the
  /// module.
  static Error at(ErrorKind kind, uint64_t offset, std::string message);
  /// A trap or exhaustion with the code's standard message. Allocates nothing.
  static Error trap(ErrorCode code) noexcept;
  /// A limit error: memory ran out while `doing` ("compiling a module"). If no memory is left even for the
  /// message, the message omits `doing`.
  static Error out_of_memory(std::string_view doing) noexcept;
  /// A host error: a host function failed for the reason in `message`.
  static Error host(std::string message);
  /// The error that a host function returns to end the program with exit status `status`.
  static Error exit(int32_t status);

  Error(const Error& other);
  Error(Error&&) noexcept;
  Error& operator=(const Error& other);
  Error& operator=(Error&&) noexcept;
  ~Error();

  /// The kind of failure.
  ErrorKind kind() const noexcept;
  /// The exact reason; ErrorCode::none if only the message gives the reason.
  ErrorCode code() const noexcept;
  /// One printable line, without offset and backtrace. If the specification has words for the error, the
  /// message begins with them.
  const std::string& message() const noexcept;
  /// The byte offset in the module, or no_offset.
  uint64_t offset() const noexcept;
  /// The index of the function, or no_func.
  uint32_t func_index() const noexcept;
  /// The function's name, printable; empty if unknown.
  const std::string& func_name() const noexcept;
  /// The wasm frames that were active when the error ended a call, innermost first. Empty if the error did
  /// not end a call.
  const std::vector<Frame>& backtrace() const noexcept;
  /// The program's exit status. Set for ErrorCode::exit only.
  std::optional<int32_t> exit_status() const noexcept;
  /// The name of the feature that the module needs, such as "gc" (skerry/features.def). Set for
  /// ErrorCode::unsupported only; empty otherwise.
  const std::string& feature() const noexcept;
  /// The line of a text that the error is about, and a line with a caret below it; printable. Empty if the
  /// error is not about a text.
  const std::string& source() const noexcept;
  /// The place in a text that the error is about. Set if source() is.
  std::optional<SourcePosition> position() const noexcept;
  /// The exceeded limit. Set for ErrorCode::limit_exceeded, if the limit is one of LimitId.
  std::optional<ExceededLimit> limit() const noexcept;
  /// The C++ exception that the host function threw. Set for ErrorCode::host_exception only.
  std::exception_ptr host_exception() const noexcept;

  /// Each of these functions adds a fact and returns this error. If memory runs out, the fact is not added.
  Error& with_offset(uint64_t offset) noexcept;
  Error& with_func(uint32_t func_index, std::string func_name = {}) noexcept;
  Error& with_backtrace(std::vector<Frame> frames) noexcept;
  Error& with_exit_status(int32_t status) noexcept;
  Error& with_limit(ExceededLimit limit) noexcept;
  Error& with_feature(std::string_view name) noexcept;
  Error& with_source(SourcePosition position, std::string lines) noexcept;
  Error& with_host_exception(std::exception_ptr exception) noexcept;
  /// Appends `detail` to the message: ": limit of 10 pages". Makes `detail` printable.
  Error& with_detail(std::string_view detail) noexcept;

  /// Message, offset or source, function and backtrace as a text of several lines, for a terminal.
  std::string describe() const;

private:
  struct Data;
  struct SharedData;
  struct Deleter {
    void operator()(Data* data) const noexcept;
  };
  explicit Error(Data* shared) noexcept : data_(shared) {}
  Data* own_data() noexcept;

  std::unique_ptr<Data, Deleter> data_;
};

/// The value that a function returns, or the Error that says why the function failed.
template <class T> using Result = Expected<T, Error>;

/// Returns an error from any function that returns a Result: `return fail(Error(...));`.
inline Unexpected<Error> fail(Error error) { return Unexpected<Error>(std::move(error)); }

} // namespace skerry
