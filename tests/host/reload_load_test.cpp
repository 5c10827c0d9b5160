// Many reloads under load, and writers that are killed. SKERRY_RELOAD_CALLS, SKERRY_RELOADS,
// SKERRY_RELOAD_CYCLES and SKERRY_RELOAD_KILLS replace the small numbers in this test.
#include "tests/host/support/reload_fixture.hpp"
#include "tests/support/emulation.hpp"

#include <sched.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cstdlib>
#include <fcntl.h>
#include <random>
#include <thread>

using namespace skerry;
using namespace skerry::host;
using namespace skerry::host::test;
using std::chrono::milliseconds;

namespace {

int number_of(const char* variable, int otherwise) {
  const char* wanted = std::getenv(variable);
  return wanted != nullptr ? std::atoi(wanted) : otherwise;
}

constexpr std::string_view slow_init =
    "(func (export \"init\") (param i32 i32) (local $i i32) (loop $l (br_if $l (i32.lt_u (local.tee $i "
    "(i32.add (local.get $i) (i32.const 1))) (i32.const 1000000)))))";
constexpr std::string_view quick_init = "(func (export \"init\") (param i32 i32))";
constexpr std::string_view renamed =
    "(func (export \"init\") (param i32 i32)) (func (export \"meta\") (result i64) (call $pack (i32.const "
    "128) (i32.const 16))) (data (i32.const 128) \"{\\22name\\22:\\22other\\22}\")";

/// The bytes of version number `i`, and whether it may serve.
struct Candidate {
  std::vector<std::byte> bytes;
  bool good = true;
};

class Candidates {
public:
  Candidates() {
    for (char digit = '1'; digit <= '9'; ++digit) {
      good_.push_back(PluginFixture::assemble(version_wat(digit, quick_init)));
      slow_.push_back(PluginFixture::assemble(version_wat(digit, slow_init)));
    }
    bad_.push_back(PluginFixture::assemble("(module)"));
    bad_.push_back(PluginFixture::assemble(
        guest(execute("unreachable") + std::string(quick_init)))); // traps in the canary
    bad_.push_back(PluginFixture::assemble(version_wat('1', renamed)));
    bad_.push_back({std::byte{0}, std::byte{'a'}});
  }
  Candidate get(int i) const {
    const auto at = static_cast<size_t>(i);
    switch (i % 6) {
    case 1: return {slow_[at / 6 % slow_.size()]};
    case 3: return {bad_[at / 6 % bad_.size()], false};
    case 5: { // truncated at an arbitrary place
      std::vector<std::byte> part = good_[at / 6 % good_.size()];
      part.resize(at * 37 % part.size());
      return {std::move(part), false};
    }
    default: return {good_[(at + at / 6) % good_.size()]};
    }
  }

private:
  std::vector<std::vector<std::byte>> good_, slow_, bad_;
};

/// Bytes of memory that this process has written. Pages of the program's file are left out, because the share
/// that is counted for a process grows when another process with the same program ends.
uint64_t written_bytes() {
  std::ifstream file("/proc/self/smaps_rollup");
  uint64_t kib = 0;
  for (std::string line; std::getline(file, line);)
    for (const std::string_view kind : {"Pss_Anon:", "Pss_Shmem:"})
      if (line.starts_with(kind)) kib += std::strtoull(line.c_str() + kind.size(), nullptr, 10);
  return kib << 10;
}

bool is_whole(std::string_view answer) { return answer.size() == 2 && answer[0] == answer[1]; }

/// Overwrites the file with `bytes` in pieces, with pauses, until it is done or killed. Runs in its own
/// process.
pid_t start_writer(const std::filesystem::path& file, const std::vector<std::byte>& bytes, size_t piece,
                   bool by_rename) {
  const std::string beside = by_rename ? file.string() + ".new" : file.string();
  const std::string target = file.string();
  const pid_t child = fork();
  if (child != 0) return child;
  const int out = open(beside.c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0600);
  for (size_t at = 0; at < bytes.size(); at += piece) {
    (void)!write(out, bytes.data() + at, std::min(piece, bytes.size() - at));
    const timespec pause{0, 20'000};
    nanosleep(&pause, nullptr);
  }
  close(out);
  if (by_rename) (void)rename(beside.c_str(), target.c_str());
  _exit(0);
}

} // namespace

TEST_CASE_METHOD(ReloadFixture, "reloads beside a writer that renames as fast as it can all succeed") {
  auto m = manifest();
  auto plugin = start(m);
  std::vector<std::vector<std::byte>> versions;
  for (char digit = '1'; digit <= '9'; ++digit) versions.push_back(assemble(version_wat(digit)));
  std::atomic<bool> stop = false;
  std::atomic<int> renames = 0;
  std::thread writer([&] {
    for (size_t i = 0; !stop; ++i, ++renames) install_bytes(m, versions[i % versions.size()]);
  });
  const int wanted = number_of("SKERRY_RELOADS", 100);
  int done = 0;
  while (done < wanted || renames < wanted) {
    const auto reloaded = reloading.reload(m, {.force = true});
    if (!reloaded) {
      FAIL_CHECK(describe(reloaded.error()));
      break;
    }
    const std::string answer = result_of(plugin->call(""));
    CHECK((answer.size() == 2 && answer[0] == answer[1]));
    ++done;
  }
  stop = true;
  writer.join();
}

TEST_CASE_METHOD(ReloadFixture,
                 "an empty file is not a version: it is refused as unread and not remembered") {
  // A writer that renames a file before the bytes are in it, or that shares the new file's name with another
  // writer, leaves an empty file for a moment.
  auto m = manifest();
  auto plugin = start(m);
  install_bytes(m, {});
  for (int i = 0; i < 2; ++i) { // the second is not "known to be bad"
    const PluginError error = reloading.reload(m).error();
    CHECK(error.code == "reload.read");
    CHECK(error.cause == "io");
    CHECK(error.message.find("is empty; a writer must close") != std::string::npos);
  }
  install(m, '2');
  REQUIRE(reloading.reload(m));
  CHECK(result_of(plugin->call("")) == "22");

  const auto file = folder / "p.json";
  std::ofstream(file).flush();
  CHECK(reloading.load(file).error().code == "io");
}

TEST_CASE_METHOD(ReloadFixture, "a reload runs with the priority of the thread that asked for it") {
  // With a lower priority, a reload that holds a lock of malloc or of the kernel makes calls wait for
  // seconds on a loaded machine.
  const auto own = [] { return std::pair(::sched_getscheduler(0), ::getpriority(PRIO_PROCESS, 0)); };
  const auto ours = own();
  std::atomic<int> asked = 0, as_ours = 0;
  on_print = [&](std::string_view) {
    ++asked;
    as_ours += own() == ours;
  };
  const std::string extra =
      std::string(held_init) + R"((func (export "destroy") (call $print (i32.const 64) (i32.const 1))))";
  const Manifest m = manifest();
  const auto plugin = start(m, '1', extra); // init on this thread
  put(m, '2', extra);
  REQUIRE(reloading.reload(m)); // init of the new version, destroy of the old one
  reloading.close();            // destroy, on this thread
  CHECK(asked == 4);
  CHECK(as_ours == asked);
}

TEST_CASE_METHOD(ReloadFixture,
                 "load: during reloads no call fails, and every answer comes from a single version") {
  auto m = manifest();
  m.pool.size = 2;
  m.pool.max_wait = milliseconds(20'000);
  m.reload.canary = "{}";
  auto plugin = start(m, '1', quick_init);
  const int threads = 3, calls = number_of("SKERRY_RELOAD_CALLS", 20'000) / threads;
  const int reloads = number_of("SKERRY_RELOADS", 60);
  std::atomic<int> failed = 0, torn = 0, answered = 0;
  std::atomic<bool> stop = false;
  std::vector<std::thread> callers;
  for (int t = 0; t < threads; ++t)
    callers.emplace_back([&] {
      for (int i = 0; i < calls || !stop; ++i) {
        auto result = plugin->call("x");
        failed += !result;
        torn += result && !is_whole(*result);
        ++answered;
      }
    });
  const Candidates candidates;
  int swapped = 0, refused = 0, wrong = 0;
  for (int i = 0; i < reloads; ++i) {
    const Candidate candidate = candidates.get(i);
    install_bytes(m, candidate.bytes);
    const bool done = reloading.reload(m).has_value();
    swapped += done, refused += !done;
    wrong += done != candidate.good;
  }
  stop = true;
  for (std::thread& caller : callers) caller.join();
  WARN("reloads under load: " << answered << " calls, " << failed << " failed, " << torn << " torn; "
                              << swapped << " reloads and " << refused << " refused");
  CHECK(failed == 0);
  CHECK(torn == 0);
  CHECK(wrong == 0);
  CHECK(answered >= threads * calls);
  CHECK(plugin->metrics().errors == 0);
}

TEST_CASE_METHOD(ReloadFixture, "load: memory does not grow with reloads") {
  auto m = manifest();
  auto plugin = start(m, '1', quick_init);
  const int cycles = number_of("SKERRY_RELOAD_CYCLES", 300);
  if (skerry::test::cannot_be_emulated("keeps translations of code in the process's memory")) return;
  const Candidates candidates;
  uint64_t before = 0;
  for (int i = 0; i < cycles; ++i) {
    if (i == 100) before = written_bytes();
    install_bytes(m, candidates.get(i).bytes);
    (void)reloading.reload(m, {.force = true});
    for (int call = 0; call < 5; ++call) (void)plugin->call("x");
    log.clear(); // the test's own memory is not measured
  }
  const uint64_t after = written_bytes();
  WARN("memory: " << before << " bytes after 100 reloads, " << after << " after " << cycles);
  CHECK(plugin->metrics().versions.size() <= 4);
#ifndef SKERRY_TEST_SANITIZED // sanitizers keep freed memory
  CHECK(static_cast<double>(after) < static_cast<double>(before) * (cycles >= 1000 ? 1.05 : 1.5));
#endif
}

TEST_CASE_METHOD(ReloadFixture,
                 "load: a writer killed at any point never puts a half-written version in service") {
  auto m = watched();
  m.reload.settle = milliseconds(3);
  auto plugin = start(m);
  const int kills = number_of("SKERRY_RELOAD_KILLS", 50);
  std::atomic<bool> stop = false;
  std::atomic<int> failed = 0, torn = 0;
  std::thread caller([&] {
    while (!stop) {
      auto result = plugin->call("x");
      failed += !result;
      torn += result && !is_whole(*result);
      std::this_thread::sleep_for(std::chrono::microseconds(200));
    }
  });
  std::vector<std::vector<std::byte>> versions;
  for (char digit = '1'; digit <= '9'; ++digit) versions.push_back(assemble(version_wat(digit)));
  std::mt19937 random(7);
  int finished = 0;
  for (int i = 0; i < kills; ++i) {
    const auto& bytes = versions[random() % versions.size()];
    const size_t piece = 1 + random() % 400;
    const pid_t writer = start_writer(m.wasm_path, bytes, piece, i % 2 == 0);
    std::this_thread::sleep_for(std::chrono::microseconds(random() % 4000));
    kill(writer, SIGKILL);
    int status = 0;
    waitpid(writer, &status, 0);
    finished += WIFEXITED(status);
    if (i % 4 == 3) std::this_thread::sleep_for(milliseconds(8)); // so that the watcher sees it
  }
  install(m, '9'); // a complete file is served, whatever the file was before
  CHECK(answers("p", "99"));
  stop = true;
  caller.join();
  const auto reloads = plugin->metrics().reloads;
  uint64_t refused = 0;
  for (const auto& [code, count] : reloads.failures) refused += count;
  WARN("writers: " << kills << " killed, " << finished << " of them too late; " << reloads.swapped
                   << " reloads, " << refused << " refused");
  CHECK(failed == 0);
  CHECK(torn == 0);
}
