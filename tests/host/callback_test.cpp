// Functions of the embedder that throw, and what they may call from inside a plugin.
#include "host/guest/guest_output.hpp"
#include "skerry/host/plugin_call.hpp"
#include "tests/host/support/pipe.hpp"
#include "tests/host/support/reload_fixture.hpp"

#include <atomic>
#include <memory>
#include <stdexcept>

using namespace skerry;
using namespace skerry::host;
using namespace skerry::host::test;

namespace {

/// A guest that calls the embedder's function "test" "ask" wherever the host runs guest code.
std::string asking(char digit) {
  std::string wat = version_wat(digit, R"((func (export "init") (param i32 i32) (call $ask (i32.const 1)))
      (func (export "destroy") (call $ask (i32.const 2))))");
  const std::string import = R"((import "test" "ask" (func $ask (param i32))))";
  wat.insert(wat.find("(import"), import);
  const std::string execute = "(param $p i32) (param $n i32) (result i64) ";
  return wat.insert(wat.find(execute) + execute.size(), "(call $ask (i32.const 0)) ");
}

enum Place { in_execute, in_init, in_destroy };

struct AskFixture : PluginFixture {
  AskFixture() {
    options.imports = [this](Linker& linker, const Manifest&) {
      if (on_imports) on_imports();
      linker.define("test", "ask", [this](int32_t place) {
        if (on_ask) on_ask(static_cast<Place>(place));
      });
    };
    options.on_reload = log.callback();
  }
  ~AskFixture() {
    on_ask = {};
    asked.reset();
  }
  host::Expected<PluginHandle> try_start(const Manifest& m) {
    if (!asked) asked.emplace(options);
    write(m, assemble(asking('1')));
    return asked->load(m);
  }
  PluginHandle start(const Manifest& m) {
    auto plugin = try_start(m);
    if (!plugin) FAIL(describe(plugin.error()));
    return *plugin;
  }
  void put(const Manifest& m, char digit) { write(m, assemble(asking(digit))); }

  EventLog log;
  ManagerOptions options;
  std::function<void()> on_imports;
  std::function<void(Place)> on_ask;
  std::optional<Manager> asked;
};

/// Throws an exception of each kind in turn: with a text, and of no known type.
void throw_something(int i) {
  if (i % 2 == 0) throw std::runtime_error("boom\n\x1b[2J");
  throw i;
}
void check_thrown(const PluginError& error, int i) {
  CHECK(error.code == "callback");
  const std::string text = i % 2 == 0 ? "boom\\u{a}\\u{1b}[2J" : i % 2 == 1 ? "exception" : "";
  CHECK(error.message.find(text) != std::string::npos);
}

} // namespace

TEST_CASE_METHOD(AskFixture, "a host function that throws ends its call, load or reload with \"callback\"") {
  Manifest m = manifest();
  m.breaker = BreakerConfig{1, std::chrono::hours(1)}; // opens if one failure is blamed on the plugin
  auto plugin = start(m);
  for (int i = 0; i < 2; ++i) {
    on_ask = [&](Place place) {
      if (place == in_execute) throw_something(i);
    };
    check_thrown(error_of(plugin->call("")), i);
    auto call = plugin->begin("");
    REQUIRE(call);
    check_thrown(call->run().error(), i);
    put(m, '2');
    on_ask = [&](Place place) {
      if (place == in_init) throw_something(i);
    };
    const PluginError error = asked->reload(m).error();
    CHECK(error.code == "reload.init");
    CHECK(error.cause == "callback");
  }
  on_ask = {};
  CHECK(result_of(plugin->call("")) == "11");
  REQUIRE(asked->reload(m)); // not remembered as bad
  CHECK(result_of(plugin->call("")) == "22");
  on_ask = [&](Place place) {
    if (place == in_destroy) throw_something(0);
  };
  check_thrown(asked->unload("p").error(), 0);
  CHECK(asked->get("p").error().code == "not_found");
}

TEST_CASE_METHOD(AskFixture, "ManagerOptions::imports that throws ends the load or reload") {
  for (int i = 0; i < 2; ++i) {
    on_imports = [&] { throw_something(i); };
    const PluginError error = try_start(manifest()).error();
    check_thrown(error, i);
    CHECK(error.phase == Phase::link);
  }
  on_imports = {};
  auto plugin = start(manifest());
  on_imports = [] { throw_something(1); };
  put(manifest(), '2');
  CHECK(asked->reload("p", {.force = true}).error().cause == "callback");
  CHECK(result_of(plugin->call("")) == "11");
}

TEST_CASE_METHOD(PluginFixture, "guest_output and guest_log that throw end the call") {
  const std::string import = R"((import "env" "log" (func $log (param i32 i32 i32))))";
  for (int i = 0; i < 6; ++i) {
    std::atomic<bool> throws = true;
    ManagerOptions options;
    const auto maybe = [&] {
      if (throws) throw_something(i);
    };
    if (i < 2) options.guest_output = [&](std::string_view, std::span<const std::byte>) { maybe(); };
    options.guest_log = [&](std::string_view, LogLevel, std::string_view) { maybe(); };
    Manager own(options);
    std::string wat =
        guest(execute(i < 4 ? "(call $print (i32.const 64) (i32.const 1)) (i64.const 0)"
                            : "(call $log (i32.const 1) (i32.const 64) (i32.const 1)) (i64.const 0)") +
              "(data (i32.const 64) \"x\")");
    wat.insert(wat.find("(import"), import);
    write(manifest(), assemble(wat));
    auto plugin = own.load(manifest());
    REQUIRE(plugin);
    check_thrown(error_of((*plugin)->call("")), i);
    auto call = (*plugin)->begin("");
    REQUIRE(call);
    check_thrown(call->run().error(), i);
    throws = false;
    CHECK((*plugin)->call(""));
  }
}

TEST_CASE_METHOD(AskFixture, "on_reload that throws still receives every later event") {
  std::atomic<int> events = 0;
  options.on_reload = [&](const ReloadEvent& event) {
    log.callback()(event);
    throw_something(events++);
  };
  auto plugin = start(manifest());
  for (char digit = '2'; digit <= '4'; ++digit) {
    put(manifest(), digit);
    REQUIRE(asked->reload(manifest()));
  }
  CHECK(log.has(ReloadStep::destroy, ReloadOutcome::done, 3));
  asked->close();
  CHECK(static_cast<size_t>(events) == log.all().size());
}

TEST_CASE_METHOD(PluginFixture, "a trace function that throws ends the trace") {
  ManagerOptions options;
  std::atomic<int> lines = 0;
  options.engine.trace = [&](std::string_view) -> bool { throw ++lines; };
  Manager traced(options);
  write(manifest(), assemble(guest(echo)));
  auto plugin = traced.load(manifest());
  REQUIRE(plugin);
  CHECK(result_of((*plugin)->call("x")) == "x");
  CHECK(lines > 0);
}

TEST_CASE_METHOD(
    AskFixture, "functions that would wait for their own call are refused, in calls, reloads and rollbacks") {
  Manifest m = manifest();
  m.pool.size = 2;
  auto plugin = start(m);
  std::vector<std::string> codes;
  int closed = 0, drained = 0;
  const auto ask_all = [&] {
    const auto code = [&](const auto& done) {
      codes.push_back(done ? "done" : std::string(code_text(done.error().code)));
    };
    code(asked->unload("p"));
    code(asked->reload("p", {.force = true}));
    code(asked->reload(m, {.force = true}));
    code(asked->rollback("p"));
    closed += asked->close();
    drained += plugin->drain();
  };
  const auto check_refused = [&](size_t times) {
    CHECK(codes == std::vector<std::string>(4 * times, "reentrant"));
    CHECK(closed == 0);
    CHECK(drained == 0);
    codes.clear();
  };
  on_ask = [&](Place place) {
    if (place == in_execute) ask_all();
  };
  CHECK(result_of(plugin->call("")) == "11");
  check_refused(1);
  auto call = plugin->begin("");
  REQUIRE(call);
  REQUIRE(call->run());
  check_refused(1);

  on_ask = [&](Place place) {
    if (place != in_execute) ask_all();
  };
  put(m, '2');
  REQUIRE(asked->reload(m)); // init of the new version, destroy of the old one
  check_refused(2);
  REQUIRE(asked->rollback("p")); // destroy of the version that is replaced
  check_refused(1);

  on_ask = {}; // outside, everything works
  CHECK(result_of(plugin->call("")) == "11");
  REQUIRE(asked->reload("p", {.force = true}));
  CHECK(plugin->drain());
  CHECK(asked->unload("p"));
  CHECK(asked->close());
}

TEST_CASE_METHOD(AskFixture, "from inside one plugin, another one is unloaded and reloaded") {
  auto first = start(manifest());
  auto second = start(manifest("q"));
  std::string outcome;
  on_ask = [&](Place place) {
    if (place != in_execute || !outcome.empty()) return;
    outcome = "asked";
    if (asked->reload("q", {.force = true}) && asked->unload("q")) outcome = "done";
  };
  CHECK(result_of(first->call("")) == "11");
  CHECK(outcome == "done");

  // Through another plugin, the thread is still inside the first one.
  second = start(manifest("q"));
  outcome.clear();
  int depth = 0;
  on_ask = [&](Place place) {
    if (place != in_execute) return;
    if (depth++ == 0)
      (void)asked->call("q", "");
    else
      outcome = asked->unload("p").error().code == "reentrant" ? "refused" : "?";
  };
  CHECK(result_of(first->call("")) == "11");
  CHECK(outcome == "refused");
}

TEST_CASE_METHOD(AskFixture,
                 "a plugin that calls itself needs a second instance, and waits for it only so long") {
  for (const uint32_t size : {1u, 2u}) {
    Manifest m = manifest(size == 1 ? "p" : "q");
    m.pool.size = size;
    m.pool.max_wait = std::chrono::milliseconds(10);
    on_ask = {};
    auto plugin = start(m);
    std::string inner;
    int depth = 0;
    on_ask = [&](Place place) {
      if (place != in_execute || depth++ != 0) return;
      const auto answer = plugin->call("");
      inner = answer ? *answer : std::string(code_text(answer.error().code));
    };
    CHECK(result_of(plugin->call("")) == "11");
    CHECK(inner == (size == 1 ? "busy" : "11"));
  }
}

TEST_CASE("output of guests becomes whole lines, which name the guest") {
  Pipe pipe;
  GuestSinks sinks;
  sinks.host_log = std::make_shared<LogSink>(pipe.write_end.get());
  GuestLines lines;
  const GuestLines::Line print = [&](std::string_view line) {
    sinks.pass_line("skerry", LogLevel::output, line);
  };
  for (const std::string_view piece : {"Hel", "lo\nskerry: stopped", ": x\r\n\n", "tail"})
    lines.add(piece, print);
  lines.end(print);
  lines.end(print);
  sinks.pass_line("p", LogLevel::warn, "a\nb\x1b");
  CHECK(pipe.read_some() == "guest skerry: output: Hello\n"
                            "guest skerry: output: skerry: stopped: x\\u{d}\n"
                            "guest skerry: output: \n"
                            "guest skerry: output: tail\n"
                            "guest p: warn: a\\u{a}b\\u{1b}\n");
  std::vector<size_t> sizes;
  const GuestLines::Line measure = [&](std::string_view line) { sizes.push_back(line.size()); };
  lines.add(std::string(GuestLines::longest_line * 2 + 5, 'x'), measure);
  lines.add("\n" + std::string(GuestLines::longest_line, 'y') + "\nz\n", measure);
  CHECK(sizes == std::vector<size_t>{GuestLines::longest_line, GuestLines::longest_line, 5,
                                     GuestLines::longest_line, 1});
}

TEST_CASE_METHOD(PluginFixture, "without guest_output, what a guest prints reaches guest_log line by line") {
  std::vector<std::string> lines;
  ManagerOptions options;
  options.guest_log = [&](std::string_view plugin, LogLevel level, std::string_view text) {
    lines.push_back(std::string(plugin) + "/" + std::string(log_level_name(level)) + "/" + std::string(text));
  };
  Manager own(options);
  write(manifest(),
        assemble(guest(execute("(call $print (i32.const 64) (i32.const 3)) (call $print (i32.const 67) "
                               "(i32.const 5)) (i64.const 0)") +
                       "(data (i32.const 64) \"one\\0atwo\\00\")")));
  auto plugin = own.load(manifest());
  REQUIRE(plugin);
  for (int i = 0; i < 2; ++i) {
    REQUIRE((*plugin)->call(""));
    CHECK(lines == std::vector<std::string>{"p/output/one", std::string("p/output/two\0", 13)});
    lines.clear();
  }
  auto call = (*plugin)->begin("");
  REQUIRE(call);
  while (call->run(1).value() != PluginCall::State::finished) {
  }
  CHECK(lines == std::vector<std::string>{"p/output/one", std::string("p/output/two\0", 13)});
}
