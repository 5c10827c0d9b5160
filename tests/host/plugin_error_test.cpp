#include "skerry/host/plugin_error.hpp"

#include "host/support/engine_error.hpp"
#include "host/support/json.hpp"
#include "tests/catch.hpp"

#include <set>
#include <string>
#include <string_view>

using namespace skerry;
using namespace skerry::host;

namespace {

Manifest manifest() {
  Manifest m;
  m.meta.name = "p";
  m.timeout = std::chrono::milliseconds(300);
  m.fuel = 1000;
  return m;
}

PluginError from(const Error& error, Phase phase = Phase::call) {
  return engine_error(manifest(), phase, error, std::chrono::milliseconds(301));
}

} // namespace

TEST_CASE("an error is one line of JSON with all known fields") {
  PluginError error;
  error.phase = Phase::call;
  error.code = PluginErrorCode::trap_unreachable;
  error.message = "unreachable\n\"quoted\" \xff";
  error.plugin = "p";
  error.limit = LimitReport{"memory", "bytes", 16, 32, "capabilities.maxMemoryMB"};
  error.capabilities = {"capabilities.allowNetwork"};
  error.exit_status = 3;
  error.backtrace.push_back({7, "inner", "", 99});
  std::string text = to_json(error);
  CHECK(text.find('\n') == text.npos);
  auto json = parse_json(text);
  REQUIRE(json);
  const Json& e = (*json)["error"];
  CHECK(e["phase"] == "call");
  CHECK(e["code"] == "trap.unreachable");
  CHECK(e["plugin"] == "p");
  CHECK(e["limit"]["asked"] == 32);
  CHECK(e["limit"]["allowed"] == 16);
  CHECK(e["limit"]["key"] == "capabilities.maxMemoryMB");
  CHECK(e["capabilities"][0] == "capabilities.allowNetwork");
  CHECK(e["exit_status"] == 3);
  CHECK(e["backtrace"][0]["name"] == "inner");
  CHECK(e["backtrace"][0]["offset"] == 99);
}

TEST_CASE("unknown fields are left out") {
  PluginError error;
  error.code = PluginErrorCode::io;
  auto json = parse_json(to_json(error));
  REQUIRE(json);
  CHECK((*json)["error"].size() == 3);
}

TEST_CASE("codes and phases of the engine's errors") {
  CHECK(from(Error::trap(ErrorCode::unreachable)).code == "trap.unreachable");
  CHECK(from(Error::trap(ErrorCode::integer_divide_by_zero)).code == "trap.integer_divide_by_zero");
  CHECK(from(Error::trap(ErrorCode::out_of_bounds_memory_access)).code == "trap.out_of_bounds_memory_access");
  CHECK(from(Error::trap(ErrorCode::unknown_import)).code == "trap.unknown_import");
  CHECK(from(Error(ErrorKind::exhaustion, ErrorCode::interrupted, "interrupted")).code == "cancelled");
  CHECK(from(Error::exit(3)).code == "exit");
  CHECK(from(Error::exit(3)).exit_status == 3);

  PluginError bad = from(Error::at(ErrorKind::malformed, 12, "invalid section id"), Phase::decode);
  CHECK(bad.code == "malformed");
  CHECK(bad.phase == Phase::decode);
  CHECK(bad.offset == 12);
  CHECK(bad.message.find("offset 12") != bad.message.npos);
  Error type_mismatch = Error::at(ErrorKind::invalid, 40, "type mismatch");
  bad = from(type_mismatch.with_func(5), Phase::decode);
  CHECK(bad.phase == Phase::validate);
  CHECK(bad.func_index == 5U);
  CHECK(bad.message.find("function 5") != bad.message.npos);
  bad = from(type_mismatch.with_func(5, "sum"), Phase::decode);
  CHECK(bad.message.find("function 5 (sum)") != bad.message.npos);
  CHECK(from(Error(ErrorKind::unlinkable, ErrorCode::none, "unknown import"), Phase::instantiate).phase ==
        Phase::link);

  for (const ErrorKind kind : {ErrorKind::unsupported, ErrorKind::malformed}) {
    Error refusal(kind, ErrorCode::unsupported, "throw needs the feature exceptions");
    bad = from(refusal.with_offset(7).with_func(2), Phase::decode);
    CHECK(bad.code == "unsupported");
    CHECK(bad.phase == Phase::decode);
    CHECK(bad.offset == 7);
    CHECK(bad.func_index == 2U);
  }
}

TEST_CASE("a timeout says how long it took and what was allowed, and is not fuel") {
  PluginError timeout = from(Error(ErrorKind::exhaustion, ErrorCode::deadline_exceeded, "deadline exceeded"));
  CHECK(timeout.code == "timeout");
  CHECK(timeout.message.find("301 ms") != timeout.message.npos);
  CHECK(timeout.message.find("300 ms") != timeout.message.npos);
  CHECK(timeout.limit->key == "timeout");
  CHECK(timeout.elapsed == std::chrono::milliseconds(301));

  PluginError fuel = from(Error(ErrorKind::exhaustion, ErrorCode::out_of_fuel, "all fuel consumed"));
  CHECK(fuel.code == "fuel");
  CHECK(fuel.limit->allowed == 1000);
  CHECK(fuel.limit->key == "fuel");
}

TEST_CASE("a limit names the amount requested, the amount allowed, and the key that raises it") {
  Error tables(ErrorKind::limit, ErrorCode::limit_exceeded, "too many elements");
  tables.with_limit({LimitId::table_elements, 20000, 10000});
  PluginError error = from(tables, Phase::instantiate);
  CHECK(error.code == "limit.table");
  REQUIRE(error.limit);
  CHECK(error.limit->asked == 20000U);
  CHECK(error.limit->allowed == 10000U);
  CHECK(error.limit->key == "capabilities.maxTableElements");
  const std::string_view words = "table_elements limit exceeded: 20000 asked, 10000 allowed";
  error = from(Error(ErrorKind::limit, ErrorCode::limit_exceeded, std::string(words)));
  CHECK(error.code == "limit.engine"); // numbers are not read from the message
  CHECK_FALSE(error.limit);
  CHECK(from(Error::out_of_memory("testing")).code == "limit.process");

  error = from(Error(ErrorKind::exhaustion, ErrorCode::call_stack_exhausted, "call stack exhausted"));
  CHECK(error.code == "limit.stack");
  CHECK(error.limit->allowed == 1024U * 1024U);
  CHECK(error.limit->key == "capabilities.maxStackKB");
}

TEST_CASE("each code has its own stable text") {
  std::set<std::string_view> texts;
  for (size_t i = 1; i < plugin_error_codes; ++i) {
    const std::string_view text = code_text(static_cast<PluginErrorCode>(i));
    INFO(text);
    CHECK_FALSE(text.empty());
    CHECK(texts.insert(text).second);
    const bool of_reload = i >= static_cast<size_t>(PluginErrorCode::reload_manifest) &&
                           i <= static_cast<size_t>(PluginErrorCode::reload_watch);
    CHECK(text.starts_with("reload.") == of_reload);
  }
  CHECK(code_text(PluginErrorCode::none).empty());
  CHECK(code_text(PluginErrorCode::limit_host_calls) == "limit.hostCalls");
}

TEST_CASE("a code determines the HTTP status, whether to retry, and the culprit") {
  const auto status = [](PluginErrorCode code, Phase phase = Phase::call) {
    PluginError error;
    error.code = code;
    error.phase = phase;
    return http_status(error);
  };
  CHECK(status(PluginErrorCode::not_found) == 404);
  CHECK(status(PluginErrorCode::reload_known_bad, Phase::reload) == 409);
  CHECK(status(PluginErrorCode::limit_input) == 413);
  CHECK(status(PluginErrorCode::timeout) == 504);
  CHECK(status(PluginErrorCode::busy) == 503);
  CHECK(status(PluginErrorCode::trap_unreachable) == 502);
  CHECK(status(PluginErrorCode::malformed, Phase::decode) == 422);
  for (size_t i = 1; i < plugin_error_codes; ++i) {
    const auto code = static_cast<PluginErrorCode>(i);
    CHECK(may_retry(code) == (status(code) == 503));
  }
  for (const PluginErrorCode code : {PluginErrorCode::cancelled, PluginErrorCode::unloaded,
                                     PluginErrorCode::limit_process, PluginErrorCode::limit_instances})
    CHECK(blame(code) != Blame::plugin);
  CHECK(blame(PluginErrorCode::timeout) == Blame::plugin);
}
