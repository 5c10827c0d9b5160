// The escape battery: probes.c, a hostile program, with both resolvers, in a writable and in a read-only
// directory. Nothing outside may be read, written, created, removed or revealed, and nothing at all below a
// read-only directory. Each probe also runs on a naive host, where it must succeed: a probe that cannot fail
// shows nothing.
#include "tests/support/emulation.hpp"
#include "tests/wasi/escape/naive_host.hpp"
#include "tests/wasi/escape/prison.hpp"
#include "tests/wasi/guest.hpp"

#include <atomic>
#include <chrono>
#include <sstream>
#include <thread>

namespace skerry::test {

namespace {

const Guest& probes() {
  static const Guest guest("probes");
  return guest;
}

std::vector<std::string> names(const std::vector<std::string_view>& groups) {
  std::istringstream lines(probes().run({}, {}).output);
  std::vector<std::string> found;
  for (std::string name; std::getline(lines, name);) {
    const std::string group = name.substr(0, name.find('/'));
    if (groups.empty() || std::find(groups.begin(), groups.end(), group) != groups.end())
      found.push_back(name);
  }
  return found;
}

struct Attempt {
  GuestResult result;
  bool outside_changed = false, inside_changed = false, revealed = false;
  bool held() const { return result.status == 0 && !outside_changed && !revealed; }
};

Attempt attempt(const std::string& probe, PreopenMode mode, wasi::PathResolverKind resolver,
                const GuestHooks& hooks = {}) {
  const Prison prison;
  auto config = with_root(prison.base, mode, resolver);
  config.preopens.push_back({(prison.base / "dir").string(), "/ro", PreopenMode::read_only});
  config.preopens.push_back({"/proc/self", "/proc", PreopenMode::read_only});
  const auto outside = prison.outside(), inside = prison.inside();
  Attempt made;
  const char* mode_name = mode == PreopenMode::read_only ? "ro" : "rw";
  made.result = probes().run(std::move(config), {probe, mode_name, prison.temp.host()}, hooks);
  made.outside_changed = prison.outside() != outside;
  made.inside_changed = prison.inside() != inside;
  made.revealed = made.result.output.find(secret) != std::string::npos;
  return made;
}

// Changing a writable directory is allowed, so these probes show there that they work.
bool is_change(const std::string& probe) { return probe.starts_with("changes/"); }
// Cases that even the naive host refuses: the system does so by itself, or, with the system calls of POSIX
// alone, a cookie is only a place in a listing that WASI keeps.
bool is_held_by_system(const std::string& probe) {
  return probe.starts_with("loops/") || (is_posix_only && probe == "cookies/out-of-range");
}

void check_that_it_can_fail(const std::string& probe) {
  if (is_held_by_system(probe)) return;
  INFO("on the naive host");
  const auto mode = is_change(probe) ? PreopenMode::read_only : PreopenMode::read_write;
  const auto made = attempt(probe, mode, wasi::PathResolverKind::automatic, {.link = make_naive});
  INFO(made.result.output);
  CHECK((!made.held() || made.inside_changed));
  CHECK(made.result.status != 134);
  CHECK(made.result.status != 2);
}

void check_held(const std::vector<std::string_view>& groups) {
  if (!probes().is_there()) {
    WARN("guests are not built here: skipped");
    return;
  }
  const auto list = names(groups);
  CHECK_FALSE(list.empty());
  for (const auto& probe : list) {
    INFO(probe);
    for (const auto resolver : resolvers) {
      for (const auto mode : {PreopenMode::read_write, PreopenMode::read_only}) {
        INFO("resolver " << static_cast<int>(resolver) << ", mode " << static_cast<int>(mode));
        const auto made = attempt(probe, mode, resolver);
        INFO(made.result.output);
        CHECK(made.result.status == 0);
        CHECK_FALSE(made.outside_changed);
        CHECK_FALSE(made.revealed);
        if (mode == PreopenMode::read_only) CHECK_FALSE(made.inside_changed);
      }
    }
    check_that_it_can_fail(probe);
  }
}

} // namespace

TEST_CASE("advisory class: symbolic links followed out of a directory") {
  check_held({"links", "directory-link", "made-links", "dangling", "magic", "loops"});
}

TEST_CASE("advisory class: trailing slashes that defeat O_NOFOLLOW") { check_held({"slashes"}); }

TEST_CASE("advisory class: truncation and other changes below a read-only directory") {
  check_held({"changes"});
}

TEST_CASE("advisory class: descriptor tables that break on renumber and close") {
  check_held({"renumber", "closed"});
}

TEST_CASE("advisory class: host memory in sizes that the guest names") {
  check_held({"sizes", "offsets", "cookies"});
}

TEST_CASE("escape: dots, absolute paths, rights, names that are not text") {
  check_held({"dots", "absolute", "rights", "text"});
}

TEST_CASE("escape: no probe is left out") {
  if (!probes().is_there()) return;
  const auto all = names({});
  const auto run =
      names({"links", "directory-link", "made-links", "dangling", "magic", "loops", "slashes", "changes",
             "renumber", "closed", "sizes", "offsets", "cookies", "dots", "absolute", "rights", "text"});
  CHECK(all == run);
  CHECK(all.size() >= 120);
}

TEST_CASE("escape: a directory swapped for a link while the program opens, 100000 rounds") {
  if (!probes().is_there()) return;
#ifdef SKERRY_TEST_SANITIZED
  constexpr int rounds = 10'000; // ten times slower there, with the same rounds
#else
  constexpr int rounds = 100'000;
#endif
  const auto resolver = GENERATE(from_range(resolvers));
  const auto mode = GENERATE(PreopenMode::read_write, PreopenMode::read_only);
  const Prison prison;
  // "swap" alternates between a directory with a harmless "secret" and a link to the outside.
  fs::create_directory(prison.base / "swap");
  write_file(prison.base / "swap/secret", "harmless");
  fs::create_symlink("../outside", prison.base / "link");
  const auto before = prison.outside();
  if (exchange(prison.base / "swap", prison.base / "link") != 0) return; // no such rename on this file system
  std::atomic<bool> done = false;
  std::thread swapper([&] {
    while (!done) exchange(prison.base / "swap", prison.base / "link");
  });
  const auto result =
      probes().run(with_root(prison.base, mode, resolver), {"race", "rw", std::to_string(rounds)});
  done = true;
  swapper.join();
  INFO(result.output);
  CHECK(result.status == 0);
  CHECK_FALSE(result.output.starts_with("0 opened"));
  CHECK(prison.outside() == before);
}

} // namespace skerry::test
