#include "skerry/error.hpp"

#include "tests/catch.hpp"
#include "vm/base/limit_error.hpp"

#include <stdexcept>

using namespace skerry;

TEST_CASE("traps have the specification's messages") {
  const Error error = Error::trap(ErrorCode::integer_divide_by_zero);
  CHECK(error.kind() == ErrorKind::trap);
  CHECK(error.message() == "integer divide by zero");
  CHECK(code_name(error.code()) == "integer_divide_by_zero");
  CHECK(code_message(ErrorCode::call_stack_exhausted) == "call stack exhausted");
  CHECK(code_message(ErrorCode::limit_exceeded).empty());
}

TEST_CASE("running out of a resource is exhaustion, not a trap") {
  for (const ErrorCode code : {ErrorCode::call_stack_exhausted, ErrorCode::out_of_fuel,
                               ErrorCode::deadline_exceeded, ErrorCode::interrupted})
    CHECK(Error::trap(code).kind() == ErrorKind::exhaustion);
  CHECK(Error::trap(ErrorCode::uncaught_exception).kind() == ErrorKind::exception);
}

TEST_CASE("an error carries all known details") {
  Error error = Error::at(ErrorKind::invalid, 42, "type mismatch");
  error.with_func(3, "f").with_detail(": expected i32");
  CHECK(error.message() == "type mismatch: expected i32");
  CHECK(error.offset() == 42);
  CHECK(error.func_index() == 3);
  CHECK(error.func_name() == "f");
  CHECK_FALSE(error.exit_status().has_value());
  const std::string text = error.describe();
  CHECK(text.find("invalid: type mismatch: expected i32") == 0);
  CHECK(text.find("0x2a") != std::string::npos);
  CHECK(text.find("function 3 (f)") != std::string::npos);
}

TEST_CASE("a place in a text is data") {
  Error error(ErrorKind::invalid, ErrorCode::none, "a message at 3:4");
  CHECK_FALSE(error.position());
  error.with_source({7, 8}, "7 | line");
  CHECK(error.position() == SourcePosition{7, 8});
  CHECK(Error(error).position() == error.position());
  CHECK(error.describe() == "invalid: a message at 3:4\n7 | line");
}

TEST_CASE("a backtrace is described innermost first") {
  Error error = Error::trap(ErrorCode::unreachable);
  error.with_backtrace({{1, "inner", "m", 0x20}, {0, "", "", 0x10}});
  const std::string text = error.describe();
  CHECK(text.find("#0 m!inner (function 1, offset 0x20)") != std::string::npos);
  CHECK(text.find("#1 <unnamed> (function 0, offset 0x10)") != std::string::npos);
}

TEST_CASE("copies are independent") {
  const Error original = Error::exit(7);
  Error copy = original;
  copy.with_detail("!");
  CHECK(original.message() == "exit with status 7");
  CHECK(copy.exit_status() == 7);
  copy = original;
  CHECK(copy.message() == original.message());
}

TEST_CASE("an error keeps the exception that a host function threw") {
  Error error(ErrorKind::host, ErrorCode::host_exception, "boom");
  error.with_host_exception(std::make_exception_ptr(std::runtime_error("boom")));
  CHECK_THROWS_AS(std::rethrow_exception(error.host_exception()), std::runtime_error);
}

TEST_CASE("an exceeded limit is data") {
  CHECK_FALSE(Error::trap(ErrorCode::unreachable).limit());
  CHECK_FALSE(Error(ErrorKind::limit, ErrorCode::limit_exceeded, "some limit").limit());
  const Error error = vm::limit_error("table_elements", 11, 10);
  CHECK(error.limit() == ExceededLimit{LimitId::table_elements, 11, 10});
  CHECK(Error(error).limit() == error.limit());
  CHECK(Error::out_of_memory("testing").limit()->id == LimitId::process_memory);
}
