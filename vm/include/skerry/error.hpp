// Errors are values: every fallible function returns Result<T>.
#pragma once

#include <cstdint>
#include <exception>
#include <expected>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace skerry {

/// What kind of thing went wrong. The first seven equal the assertions of the official test suite.
enum class ErrorKind : uint8_t {
  malformed,  ///< the bytes (or the text) do not follow the grammar
  invalid,    ///< well-formed, but refused by validation
  unlinkable, ///< imports are missing or have another type
  trap,       ///< the program trapped
  exhaustion, ///< call stack, fuel, time or another resource of a running call ran out
  exception,  ///< a wasm exception nobody caught
  limit,      ///< a configured limit refuses the module or the operation
  host,       ///< a host function failed, or asked the program to exit
  usage,      ///< the embedder used the API wrongly (wrong store, wrong type, missing export)
  io,         ///< a file could not be read
};

/// Why exactly; `code_name` gives the stable text used in JSON and on the command line.
enum class ErrorCode : uint8_t {
  none, // malformed, invalid, unlinkable and usage errors say it in their message
  // traps (spec §4.2.2, texts of the official test suite)
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
  unknown_import, ///< an import left undefined by `--unknown-imports=trap` was called
  // exhaustion
  call_stack_exhausted,
  out_of_fuel,
  deadline_exceeded,
  interrupted,
  // limit
  limit_exceeded,
  // host
  exit,           ///< the program asked to end; see Error::exit_status
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
  process_memory, ///< what the system allows the process; the numbers are 0
};

/// How far a limit was exceeded.
struct ExceededLimit {
  LimitId id = LimitId::memory_bytes;
  uint64_t asked = 0, allowed = 0;
  bool operator==(const ExceededLimit&) const = default;
};

/// "malformed", "trap", …
std::string_view kind_name(ErrorKind kind) noexcept;
/// "unreachable", "out_of_bounds_memory_access", …
std::string_view code_name(ErrorCode code) noexcept;
/// The specification's words for a trap or exhaustion ("integer divide by zero"); empty for other codes.
std::string_view code_message(ErrorCode code) noexcept;

/// One frame of a wasm backtrace, innermost first.
struct Frame {
  uint32_t func_index = 0;
  std::string func_name;   ///< from the name section, else from an export, else empty; for people: printable
  std::string module_name; ///< from the name section; may be empty; printable (skerry/printable.hpp), short
  uint64_t module_offset = 0; ///< byte offset of the instruction in the module; 0 for host functions
  /// A module_offset that was not found: the call's deadline had passed, or its budget was used up.
  static constexpr uint64_t unknown_offset = ~uint64_t{0};
};

/// An error with everything known about it. Copyable; one pointer in size, so results stay cheap. All its
/// text is for people: an Error makes what it is given printable (skerry/printable.hpp), so no name or
/// message that a guest chose can control a terminal, begin a line or be long. Module has the names as they
/// are. Functions that cannot return one because they return plain values, constructors among them, throw
/// std::bad_alloc when memory runs out.
class Error {
public:
  static constexpr uint64_t no_offset = ~uint64_t{0};
  static constexpr uint32_t no_func = ~uint32_t{0};

  Error(ErrorKind kind, ErrorCode code, std::string message);
  /// malformed/invalid: what, and at which byte offset of the module.
  static Error at(ErrorKind kind, uint64_t offset, std::string message);
  /// A trap or exhaustion with its standard message. Needs no memory.
  static Error trap(ErrorCode code) noexcept;
  /// limit: memory ran out while `doing` ("compiling a module") was done. Needs no memory; where there is
  /// none, the message leaves out what was done.
  static Error out_of_memory(std::string_view doing) noexcept;
  /// A host function failed, for the reason given.
  static Error host(std::string message);
  /// The program ended itself with this status.
  static Error exit(int32_t status);

  Error(const Error& other);
  Error(Error&&) noexcept;
  Error& operator=(const Error& other);
  Error& operator=(Error&&) noexcept;
  ~Error();

  ErrorKind kind() const noexcept;
  ErrorCode code() const noexcept;
  /// One printable line; begins with the specification's words where it has some. Without offset and
  /// backtrace.
  const std::string& message() const noexcept;
  /// Byte offset in the module, or no_offset.
  uint64_t offset() const noexcept;
  /// Function index, or no_func.
  uint32_t func_index() const noexcept;
  const std::string& func_name() const noexcept;
  const std::vector<Frame>& backtrace() const noexcept;
  /// Set for ErrorCode::exit.
  std::optional<int32_t> exit_status() const noexcept;
  /// Set for ErrorCode::limit_exceeded, when the limit is one of LimitId.
  std::optional<ExceededLimit> limit() const noexcept;
  /// Set for ErrorCode::host_exception: what the host function threw.
  std::exception_ptr host_exception() const noexcept;

  /// What these add is left out where there is no memory for it.
  Error& with_offset(uint64_t offset) noexcept;
  Error& with_func(uint32_t func_index, std::string func_name = {}) noexcept;
  Error& with_backtrace(std::vector<Frame> frames) noexcept;
  Error& with_exit_status(int32_t status) noexcept;
  Error& with_limit(ExceededLimit limit) noexcept;
  Error& with_host_exception(std::exception_ptr exception) noexcept;
  /// Appends `detail` to the message, printable, e.g. ": limit of 10 pages".
  Error& with_detail(std::string_view detail) noexcept;

  /// Message, offset, function and backtrace, over several lines, for a terminal.
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

template <class T> using Result = std::expected<T, Error>;

/// `return fail(Error(...))` in any function that returns a Result.
inline std::unexpected<Error> fail(Error error) { return std::unexpected<Error>(std::move(error)); }

} // namespace skerry
