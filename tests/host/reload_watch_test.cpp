// Plugins follow their files.
#include "tests/host/support/reload_fixture.hpp"

#include <atomic>

using namespace skerry::host;
using namespace skerry::host::test;
using std::chrono::milliseconds;
namespace fs = std::filesystem;

namespace {

void write_manifest(const fs::path& file, const std::string& wasm, const std::string& more = {}) {
  const fs::path beside = file.string() + ".new";
  std::ofstream(beside) << R"({"meta": {"name": "p", "version": "1"}, "wasmPath": ")" << wasm
                        << R"(", "timeout": 20000, "reload": {"watch": true, "settle": 20})" << more << "}";
  fs::rename(beside, file);
}

} // namespace

TEST_CASE_METHOD(ReloadFixture, "watch: a module written in place, renamed into place, deleted and back") {
  auto m = watched();
  start(m);
  put(m, '2');
  CHECK(answers("p", "22"));
  install(m, '3');
  CHECK(answers("p", "33"));
  fs::remove(m.wasm_path);
  install(m, '4');
  CHECK(answers("p", "44"));
  write(m, assemble("(module)"));
  CHECK(log.has(ReloadStep::compile, ReloadOutcome::failed));
  CHECK(answers("p", "44"));
  put(m, '5');
  CHECK(answers("p", "55"));
}

TEST_CASE_METHOD(ReloadFixture, "watch: a symbolic link that is swapped, as container configurations do") {
  auto m = watched();
  for (char digit : {'1', '2'}) {
    const fs::path version = folder / (std::string("v") + digit);
    fs::create_directory(version);
    Manifest there = m;
    there.wasm_path = version / "p.wasm";
    put(there, digit);
  }
  fs::create_directory_symlink("v1", folder / "data");
  m.wasm_path = folder / "data" / "p.wasm";
  REQUIRE(reloading.load(m));
  CHECK(answers("p", "11"));
  fs::create_directory_symlink("v2", folder / "data.new");
  fs::rename(folder / "data.new", folder / "data");
  CHECK(answers("p", "22"));
}

TEST_CASE_METHOD(ReloadFixture, "watch: the manifest file, and the module that the changed manifest names") {
  auto m = manifest();
  put(m, '1');
  Manifest other = m;
  other.wasm_path = folder / "other.wasm";
  put(other, '2');
  write_manifest(folder / "p.json", "p.wasm");
  REQUIRE(reloading.load(folder / "p.json"));
  write_manifest(folder / "p.json", "other.wasm");
  CHECK(answers("p", "22"));
  install(other, '3');
  CHECK(answers("p", "33"));
  write_manifest(folder / "p.json", "other.wasm", ", \"unknown\": 1");
  CHECK(log.has(ReloadStep::manifest, ReloadOutcome::failed));
  install(other, '4'); // still watched, although the manifest is wrong
  CHECK(log.has(ReloadStep::manifest, ReloadOutcome::failed, 2));
  write_manifest(folder / "p.json", "other.wasm");
  CHECK(answers("p", "44"));
}

TEST_CASE_METHOD(ReloadFixture, "watch: several plugins from one file") {
  auto m = watched("a");
  start(m);
  auto second = watched("b");
  second.wasm_path = m.wasm_path;
  REQUIRE(reloading.load(second));
  install(m, '2');
  CHECK(answers("a", "22"));
  CHECK(answers("b", "22"));
}

TEST_CASE_METHOD(ReloadFixture,
                 "watch: no reload after an unload, without reload.watch, or when watching is off") {
  auto quiet = manifest("quiet");
  start(quiet);
  auto gone = watched("gone");
  start(gone);
  REQUIRE(reloading.unload("gone"));
  auto m = watched();
  start(m);
  put(quiet, '2');
  put(gone, '2');
  put(m, '2'); // reported after all earlier changes
  CHECK(answers("p", "22"));
  CHECK(result_of(reloading.call("quiet", "")) == "11");
  // An event of step `watch` says that files can only be polled; it belongs to no plugin.
  for (const ReloadEvent& event : log.all()) CHECK((event.plugin == "p" || event.step == ReloadStep::watch));
}

TEST_CASE_METHOD(ReloadFixture, "watch: a version that failed is not tried again") {
  auto m = watched();
  start(m);
  const auto bad = assemble("(module)");
  install_bytes(m, bad);
  REQUIRE(log.has(ReloadStep::compile, ReloadOutcome::failed));
  install_bytes(m, bad);
  CHECK(log.has(ReloadStep::compare, ReloadOutcome::failed));
  CHECK(log.find(ReloadStep::compare, ReloadOutcome::failed)->error->code == "reload.known_bad");
}

// --- faults of a known design, by their names

TEST_CASE_METHOD(ReloadFixture, "fault: renames missed") {
  auto m = watched();
  start(m);
  for (char digit : {'2', '3', '4'}) {
    install(m, digit);
    CHECK(answers("p", std::string(2, digit)));
  }
}

TEST_CASE_METHOD(ReloadFixture, "fault: leading-edge debounce drops the last write") {
  auto m = watched();
  m.reload.settle = milliseconds(50);
  start(m);
  for (int i = 0; i < 30; ++i) { // one change after another; only the last must be loaded in the end
    put(m, static_cast<char>('2' + i % 7));
    std::this_thread::sleep_for(milliseconds(5));
  }
  put(m, '9');
  CHECK(answers("p", "99"));
}

TEST_CASE_METHOD(ReloadFixture, "fault: sleeping in the event loop stalls every plugin") {
  std::atomic<bool> held = false, released = false;
  on_print = [&](std::string_view) {
    held = true;
    eventually([&] { return released.load(); });
  };
  auto slow = watched("slow"), fast = watched("fast");
  slow.timeout = longest_wait;
  start(slow);
  start(fast);
  put(slow, '2', held_init);
  REQUIRE(eventually([&] { return held.load(); }));
  for (char digit : {'2', '3'}) { // while the other's init runs
    put(fast, digit);
    CHECK(answers("fast", std::string(2, digit)));
  }
  CHECK(result_of(reloading.call("slow", "")) == "11");
  released = true;
  CHECK(answers("slow", "22"));
}

TEST_CASE_METHOD(ReloadFixture, "fault: plugins/x.wasm and ./plugins/x.wasm compared as strings") {
  auto m = watched("x");
  fs::create_directory(folder / "plugins");
  m.wasm_path = folder / "plugins" / "x.wasm";
  put(m, '1');
  m.wasm_path = folder / "." / "plugins" / ".." / "plugins" / "x.wasm";
  REQUIRE(reloading.load(m));
  Manifest plain = m;
  plain.wasm_path = folder / "plugins" / "x.wasm";
  install(plain, '2');
  CHECK(answers("x", "22"));
}

TEST_CASE_METHOD(ReloadFixture,
                 "watch: the deletion of a module or manifest is an event, and a return is noticed") {
  auto m = watched();
  start(m);
  fs::remove(m.wasm_path);
  REQUIRE(log.has(ReloadStep::read, ReloadOutcome::failed));
  const ReloadEvent gone = *log.find(ReloadStep::read, ReloadOutcome::failed);
  CHECK(gone.plugin == "p");
  CHECK(gone.trigger == ReloadTrigger::file);
  CHECK(gone.error->code == "reload.read");
  CHECK(gone.error->message == m.wasm_path.string() + ": No such file or directory");
  CHECK(answers("p", "11"));
  install(m, '2');
  CHECK(answers("p", "22"));

  const auto file = folder / "q.json";
  std::ofstream(file)
      << R"({"meta":{"name":"q"},"wasmPath":"p.wasm","timeout":20000,"reload":{"watch":true,"settle":20}})";
  REQUIRE(reloading.load(file));
  fs::remove(file);
  REQUIRE(log.has(ReloadStep::manifest, ReloadOutcome::failed));
  CHECK(log.find(ReloadStep::manifest, ReloadOutcome::failed)->plugin == "q");
}

TEST_CASE_METHOD(ReloadFixture, "fault: watcher errors swallowed") {
  auto m = watched();
  start(m);
  fs::remove(m.wasm_path);
  fs::create_directory(m.wasm_path); // a directory replaces the file
  CHECK(log.has(ReloadStep::read, ReloadOutcome::failed));
  CHECK(log.find(ReloadStep::read, ReloadOutcome::failed)->error->cause == "io");
  CHECK(answers("p", "11"));
}
