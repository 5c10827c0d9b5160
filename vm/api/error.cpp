#include "skerry/error.hpp"

#include "skerry/out_of_memory.hpp"
#include "skerry/printable.hpp"
#include "vm/base/hex.hpp"

#include <array>
#include <utility>

namespace skerry {

struct Error::Data {
  ErrorKind kind = ErrorKind::limit;
  ErrorCode code = ErrorCode::limit_exceeded;
  std::string message;
  bool is_shared = false; // is in SharedData: never changed and never deleted
  uint64_t offset = no_offset;
  uint32_t func_index = no_func;
  std::string func_name;
  std::vector<Frame> backtrace;
  std::optional<int32_t> exit_status;
  std::optional<ExceededLimit> limit;
  std::string feature;
  std::string source;
  std::optional<SourcePosition> position;
  std::exception_ptr host_exception;
};

namespace {

struct CodeText {
  ErrorCode code;
  std::string_view name;
  std::string_view message; // the specification's words, as the official test suite expects them
};

constexpr std::array code_texts = {
    CodeText{ErrorCode::none, "none", ""},
    CodeText{ErrorCode::unreachable, "unreachable", "unreachable"},
    CodeText{ErrorCode::integer_divide_by_zero, "integer_divide_by_zero", "integer divide by zero"},
    CodeText{ErrorCode::integer_overflow, "integer_overflow", "integer overflow"},
    CodeText{ErrorCode::invalid_conversion_to_integer, "invalid_conversion_to_integer",
             "invalid conversion to integer"},
    CodeText{ErrorCode::out_of_bounds_memory_access, "out_of_bounds_memory_access",
             "out of bounds memory access"},
    CodeText{ErrorCode::out_of_bounds_table_access, "out_of_bounds_table_access",
             "out of bounds table access"},
    CodeText{ErrorCode::out_of_bounds_array_access, "out_of_bounds_array_access",
             "out of bounds array access"},
    CodeText{ErrorCode::undefined_element, "undefined_element", "undefined element"},
    CodeText{ErrorCode::uninitialized_element, "uninitialized_element", "uninitialized element"},
    CodeText{ErrorCode::indirect_call_type_mismatch, "indirect_call_type_mismatch",
             "indirect call type mismatch"},
    CodeText{ErrorCode::null_reference, "null_reference", "null reference"},
    CodeText{ErrorCode::null_function_reference, "null_function_reference", "null function reference"},
    CodeText{ErrorCode::null_structure_reference, "null_structure_reference", "null structure reference"},
    CodeText{ErrorCode::null_array_reference, "null_array_reference", "null array reference"},
    CodeText{ErrorCode::null_i31_reference, "null_i31_reference", "null i31 reference"},
    CodeText{ErrorCode::null_exception_reference, "null_exception_reference", "null exception reference"},
    CodeText{ErrorCode::cast_failure, "cast_failure", "cast failure"},
    CodeText{ErrorCode::unaligned_atomic, "unaligned_atomic", "unaligned atomic"},
    CodeText{ErrorCode::unknown_import, "unknown_import", "unknown import"},
    CodeText{ErrorCode::call_stack_exhausted, "call_stack_exhausted", "call stack exhausted"},
    CodeText{ErrorCode::out_of_fuel, "out_of_fuel", "out of fuel"},
    CodeText{ErrorCode::deadline_exceeded, "deadline_exceeded", "deadline exceeded"},
    CodeText{ErrorCode::interrupted, "interrupted", "interrupted"},
    CodeText{ErrorCode::limit_exceeded, "limit_exceeded", ""},
    CodeText{ErrorCode::unsupported, "unsupported", ""},
    CodeText{ErrorCode::exit, "exit", ""},
    CodeText{ErrorCode::host_failed, "host_failed", ""},
    CodeText{ErrorCode::host_exception, "host_exception", ""},
    CodeText{ErrorCode::uncaught_exception, "uncaught_exception", "uncaught exception"},
};

constexpr bool is_in_order() {
  for (size_t i = 0; i < code_texts.size(); ++i)
    if (static_cast<size_t>(code_texts[i].code) != i) return false;
  return true;
}
static_assert(is_in_order(), "code_texts is indexed by ErrorCode");

const CodeText& text_of(ErrorCode code) {
  const auto index = static_cast<size_t>(code);
  return code_texts[index < code_texts.size() ? index : 0];
}

bool is_exhaustion(ErrorCode code) {
  return code >= ErrorCode::call_stack_exhausted && code <= ErrorCode::interrupted;
}

ErrorKind kind_of_trap(ErrorCode code) {
  if (code == ErrorCode::uncaught_exception) return ErrorKind::exception;
  return is_exhaustion(code) ? ErrorKind::exhaustion : ErrorKind::trap;
}

constexpr std::string_view out_of_memory_help = "the system refuses more memory; raise the limit (ulimit "
                                                "-v, the container's limit), or use fewer and "
                                                "smaller modules, memories and calls at a time";

std::string describe_frame(const Frame& frame) {
  std::string text = frame.module_name.empty() ? "" : frame.module_name + "!";
  text += frame.func_name.empty() ? "<unnamed>" : frame.func_name;
  text += " (function " + std::to_string(frame.func_index);
  if (frame.module_offset == Frame::unknown_offset)
    text += ", offset unknown: finding it took too long";
  else if (frame.module_offset != 0)
    text += ", offset 0x" + vm::hex(frame.module_offset);
  return text + ")";
}

} // namespace

std::string_view kind_name(ErrorKind kind) noexcept {
  switch (kind) {
  case ErrorKind::malformed: return "malformed";
  case ErrorKind::invalid: return "invalid";
  case ErrorKind::unlinkable: return "unlinkable";
  case ErrorKind::trap: return "trap";
  case ErrorKind::exhaustion: return "exhaustion";
  case ErrorKind::exception: return "exception";
  case ErrorKind::unsupported: return "unsupported";
  case ErrorKind::limit: return "limit";
  case ErrorKind::host: return "host";
  case ErrorKind::usage: return "usage";
  case ErrorKind::io: return "io";
  }
  return "unknown";
}

std::string_view code_name(ErrorCode code) noexcept { return text_of(code).name; }
std::string_view code_message(ErrorCode code) noexcept { return text_of(code).message; }

/// Errors that must be available when memory runs out. They are made when the program starts. They are never
/// destroyed, because objects that live until the end of the program may hold them.
struct Error::SharedData {
  std::array<Data, code_texts.size()> traps; // indexed by code
  Data out_of_memory;

  SharedData() {
    for (size_t i = 0; i < traps.size(); ++i) {
      traps[i].kind = kind_of_trap(code_texts[i].code);
      traps[i].code = code_texts[i].code;
      traps[i].message = code_texts[i].message;
      traps[i].is_shared = true;
    }
    out_of_memory.message = "out of memory: " + std::string(out_of_memory_help);
    out_of_memory.limit = ExceededLimit{LimitId::process_memory};
    out_of_memory.is_shared = true;
  }

  static SharedData& get() {
    static auto* const all = new SharedData;
    return *all;
  }
  static const SharedData* const made_at_start;
};

const Error::SharedData* const Error::SharedData::made_at_start = &get();

void Error::Deleter::operator()(Data* data) const noexcept {
  if (!data->is_shared) delete data;
}

/// Returns this error's data for writing, and copies it first if it is shared. Returns null if there is no
/// memory for the copy.
Error::Data* Error::own_data() noexcept {
  if (!data_->is_shared) return data_.get();
  return unless_out_of_memory(
      [this]() -> Data* {
        auto copy = std::make_unique<Data>(*data_);
        copy->is_shared = false;
        data_.reset(copy.release());
        return data_.get();
      },
      []() -> Data* { return nullptr; });
}

// `message` is passed by value, because most callers move their text into it.
// NOLINTNEXTLINE(performance-unnecessary-value-param)
Error::Error(ErrorKind kind, ErrorCode code, std::string message) : data_(new Data) {
  data_->kind = kind;
  data_->code = code;
  data_->message = printable(message, longest_printed_message);
}

Error Error::at(ErrorKind kind, uint64_t offset, std::string message) {
  const ErrorCode code = kind == ErrorKind::limit ? ErrorCode::limit_exceeded : ErrorCode::none;
  Error error(kind, code, std::move(message));
  error.data_->offset = offset;
  return error;
}

Error Error::trap(ErrorCode code) noexcept {
  const auto index = static_cast<size_t>(code);
  return Error(&SharedData::get().traps[index < code_texts.size() ? index : 0]);
}

Error Error::out_of_memory(std::string_view doing) noexcept {
  return unless_out_of_memory(
      [doing] {
        Error error(ErrorKind::limit, ErrorCode::limit_exceeded,
                    "out of memory while " + std::string(doing) + ": " + std::string(out_of_memory_help));
        error.data_->limit = ExceededLimit{LimitId::process_memory};
        return error;
      },
      [] { return Error(&SharedData::get().out_of_memory); });
}

Error Error::host(std::string message) {
  return {ErrorKind::host, ErrorCode::host_failed, std::move(message)};
}

Error Error::exit(int32_t status) {
  Error error(ErrorKind::host, ErrorCode::exit, "exit with status " + std::to_string(status));
  error.data_->exit_status = status;
  return error;
}

Error::Error(const Error& other)
    : data_(other.data_->is_shared ? other.data_.get() : new Data(*other.data_)) {}
Error::Error(Error&&) noexcept = default;
Error& Error::operator=(const Error& other) {
  if (this != &other) *this = Error(other);
  return *this;
}
Error& Error::operator=(Error&&) noexcept = default;
Error::~Error() = default;

ErrorKind Error::kind() const noexcept { return data_->kind; }
ErrorCode Error::code() const noexcept { return data_->code; }
const std::string& Error::message() const noexcept { return data_->message; }
uint64_t Error::offset() const noexcept { return data_->offset; }
uint32_t Error::func_index() const noexcept { return data_->func_index; }
const std::string& Error::func_name() const noexcept { return data_->func_name; }
const std::vector<Frame>& Error::backtrace() const noexcept { return data_->backtrace; }
std::optional<int32_t> Error::exit_status() const noexcept { return data_->exit_status; }
std::optional<ExceededLimit> Error::limit() const noexcept { return data_->limit; }
const std::string& Error::feature() const noexcept { return data_->feature; }
const std::string& Error::source() const noexcept { return data_->source; }
std::optional<SourcePosition> Error::position() const noexcept { return data_->position; }
std::exception_ptr Error::host_exception() const noexcept { return data_->host_exception; }

Error& Error::with_offset(uint64_t offset) noexcept {
  if (Data* data = own_data()) data->offset = offset;
  return *this;
}
Error& Error::with_func(uint32_t func_index, std::string func_name) noexcept {
  if (Data* data = own_data()) {
    data->func_index = func_index;
    unless_out_of_memory([&] { data->func_name = printable(func_name); }, [] {});
  }
  return *this;
}
Error& Error::with_backtrace(std::vector<Frame> frames) noexcept {
  const auto add = [&] {
    for (Frame& frame : frames) {
      frame.func_name = printable(frame.func_name);
      frame.module_name = printable(frame.module_name);
    }
    if (Data* data = own_data()) data->backtrace = std::move(frames);
  };
  unless_out_of_memory(add, [] {});
  return *this;
}
Error& Error::with_exit_status(int32_t status) noexcept {
  if (Data* data = own_data()) data->exit_status = status;
  return *this;
}
Error& Error::with_limit(ExceededLimit limit) noexcept {
  if (Data* data = own_data()) data->limit = limit;
  return *this;
}
Error& Error::with_feature(std::string_view name) noexcept {
  if (Data* data = own_data()) unless_out_of_memory([&] { data->feature = name; }, [] {});
  return *this;
}
Error& Error::with_source(SourcePosition position, std::string lines) noexcept {
  const auto add = [&](Data& data) {
    data.source = printable_lines(lines);
    data.position = position;
  };
  if (Data* data = own_data()) unless_out_of_memory([&] { add(*data); }, [] {});
  return *this;
}
Error& Error::with_host_exception(std::exception_ptr exception) noexcept {
  if (Data* data = own_data()) data->host_exception = std::move(exception);
  return *this;
}
Error& Error::with_detail(std::string_view detail) noexcept {
  if (Data* data = own_data())
    unless_out_of_memory([&] { data->message += printable(detail, longest_printed_message); }, [] {});
  return *this;
}

std::string Error::describe() const {
  std::string text = std::string(kind_name(kind())) + ": " + message();
  if (!source().empty())
    text += "\n" + source();
  else if (offset() != no_offset)
    text += "\n  at byte offset 0x" + vm::hex(offset());
  if (func_index() != no_func) {
    text += "\n  in function " + std::to_string(func_index());
    if (!func_name().empty()) text += " (" + func_name() + ")";
  }
  for (size_t i = 0; i < backtrace().size(); ++i)
    text += "\n  #" + std::to_string(i) + " " + describe_frame(backtrace()[i]);
  return text;
}

} // namespace skerry
