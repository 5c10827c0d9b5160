#include "tests/limits/plugin_cells.hpp"

#include "tests/host/support/plugin_fixture.hpp"

#include <functional>

using namespace skerry::host;
using namespace skerry::host::test;
using namespace std::chrono_literals;

namespace skerry::test::limits {

namespace {

constexpr std::string_view spin = "(loop (br 0))";
/// Writes to each page, and grows as far as it can.
constexpr std::string_view hoard = "(drop (memory.grow (i32.const 1))) (memory.fill (i32.const 4096) "
                                   "(i32.const 7) (i32.sub (i32.shl (memory.size) "
                                   "(i32.const 16)) (i32.const 4096)))";

/// `execute` does this if its input is "x"; otherwise it returns its input.
std::string on_demand(std::string_view work) {
  return execute("(if (i32.eq (i32.load8_u (local.get $p)) (i32.const 120)) (then " + std::string(work) +
                 ")) (call $pack (local.get $p) (local.get $n))");
}
/// `init` does this.
std::string at_init(std::string_view work) {
  return std::string(echo) + "(func (export \"init\") (param i32 i32) (result i64) " + std::string(work) +
         " (i64.const 0))";
}

struct Trial {
  std::function<void(Manifest&)> limit;
  std::string_view work;
  std::string_view code; // of the error that ends the work
  CallOptions options = {};
};

/// The guest's name says where the work is done. Afterwards the plugin serves, or a correct one can be
/// loaded.
void try_plugin(std::string_view where, const Trial& trial) {
  PluginFixture f;
  Manifest limited = f.manifest();
  trial.limit(limited);
  if (where == "plugin init") {
    const PluginError error = f.load_error(guest(at_init(trial.work)), limited);
    CHECK(error.phase == Phase::init);
    CHECK(code_text(error.code).ends_with(trial.code));
    CHECK(result_of(f.load(guest(echo))->call("abc")) == "abc");
  } else if (where == "plugin reload") {
    const PluginHandle plugin = f.load(guest(echo));
    f.write(limited, PluginFixture::assemble(guest(at_init(trial.work))));
    const auto reloaded = f.manager.reload(limited);
    REQUIRE_FALSE(reloaded);
    CHECK(reloaded.error().message.find(trial.code) != std::string::npos);
    CHECK(result_of(plugin->call("abc")) == "abc");
  } else {
    // Runs repeatedly for "instance reset": each call leaves an instance that must be reset.
    const PluginHandle plugin = f.load(guest(on_demand(trial.work)), limited);
    for (int i = 0; i < (where == "instance reset" ? 20 : 1); ++i) {
      CHECK(code_text(host::test::error_of(plugin->call("x", trial.options)).code).ends_with(trial.code));
      CHECK(result_of(plugin->call("abc")) == "abc");
    }
  }
}

} // namespace

void plugin_with_fuel(std::string_view guest) {
  try_plugin(guest, {[](Manifest& m) { m.fuel = 200'000; }, spin, "fuel"});
}
void plugin_with_deadline(std::string_view guest) {
  try_plugin(guest, {[](Manifest& m) { m.timeout = 50ms; }, spin, "timeout"});
}
void plugin_with_caller_timeout(std::string_view guest) {
  const bool is_call = guest == "plugin call" || guest == "instance reset";
  // Loading and reloading have no caller with a shorter timeout than the manifest's.
  try_plugin(guest, {[=](Manifest& m) { m.timeout = is_call ? 20s : 50ms; }, spin, "timeout", {50ms}});
}
void plugin_with_budget(std::string_view guest) {
  const std::string work = std::string(hoard) + "unreachable";
  try_plugin(guest, {[](Manifest& m) {
                       m.capabilities.max_memory_mb = 1;
                       m.capabilities.max_total_mb = 2;
                     },
                     work, "unreachable"});
}

} // namespace skerry::test::limits
