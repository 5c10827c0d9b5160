// Host work for a program is paid with fuel, and checks deadline and interrupt regularly. The tests count
// checks and instructions; no clock decides.
#include "tests/catch.hpp"
#include "tests/wasi/program.hpp"

#include <algorithm>
#include <functional>
#include <string>

namespace skerry::test {

namespace {

// Counts the charges and checks of a call. Can end it at a check, or when its fuel is used up.
struct Ledger {
  uint64_t charged = 0;
  uint64_t looks = 0;
  uint64_t since_look = 0, longest = 0; // instructions between two checks
  uint64_t last_look = ~uint64_t{0};
  uint64_t fuel = ~uint64_t{0};

  void attach(Program& program) {
    program.watch.self = this;
    program.watch.check = [](void* self) -> Result<void> {
      auto& ledger = *static_cast<Ledger*>(self);
      ledger.since_look = 0;
      if (++ledger.looks >= ledger.last_look) return fail(Error::trap(ErrorCode::deadline_exceeded));
      return {};
    };
    program.watch.charge = [](void* self, uint64_t instructions) -> Result<void> {
      auto& ledger = *static_cast<Ledger*>(self);
      if (instructions > ledger.fuel - ledger.charged) return fail(Error::trap(ErrorCode::out_of_fuel));
      ledger.charged += instructions;
      ledger.since_look += instructions;
      ledger.longest = std::max(ledger.longest, ledger.since_look);
      return {};
    };
  }
};

Ledger run(Program& program, const std::function<Errno()>& call, Errno expected = Errno::success) {
  Ledger ledger;
  ledger.attach(program);
  CHECK(call() == expected);
  program.watch = {};
  return ledger;
}

// The same call, ended at a check in its middle, and by running out of fuel in its middle.
void check_ends(Program& program, const std::function<Errno()>& call, const Ledger& whole) {
  Ledger ledger;
  ledger.last_look = std::max<uint64_t>(1, whole.looks / 2);
  ledger.attach(program);
  call();
  REQUIRE(program.stop);
  CHECK(program.stop->code() == ErrorCode::deadline_exceeded);
  CHECK(ledger.looks == ledger.last_look); // not once more
  Ledger poor;
  poor.fuel = whole.charged / 2;
  poor.attach(program);
  call();
  REQUIRE(program.stop);
  CHECK(program.stop->code() == ErrorCode::out_of_fuel);
  CHECK(poor.charged <= poor.fuel);
  program.watch = {};
}

// "d/../d/../…" and then `end`, nearly as long as a path can be.
std::string long_way(const std::string& end) {
  std::string path;
  while (path.size() + 5 + end.size() < 4090) path += "d/../";
  return path + end;
}

// a → long way → b → … → d
void make_chain(Program& program, int links) {
  REQUIRE(program.on_path(abi::path_create_directory, "d") == Errno::success);
  for (int i = 0; i < links; ++i) {
    const std::string next = i + 1 == links ? "d" : "link" + std::to_string(i + 1);
    REQUIRE(program.symlink(long_way(next), "link" + std::to_string(i)) == Errno::success);
  }
}

} // namespace

TEST_CASE("work: every name of a path costs fuel, also in links, and the deadline is checked") {
  const auto resolver = GENERATE(from_range(resolvers));
  TempDir temp;
  Program program(with_root(temp.path(), PreopenMode::read_write, resolver));
  make_chain(program, 10);
  const struct {
    std::string path;
    Errno expected;
  } asked[] = {
      {"link9", Errno::success}, // code for a link in the last place differs from that for a link on the way
      {"link9/../d", Errno::success},
      {"d/../link9/", Errno::success},
      {"link0/.", Errno::nametoolong}, // after as many names as a walk may look up
      {long_way("d"), Errno::success}};
  for (const auto& [path, expected] : asked) {
    INFO(path.substr(0, 20));
    const auto call = [&, &path = path] { return program.filestat(path, wasi::lookupflags::symlink_follow); };
    const Ledger whole = run(program, call, expected);
    CHECK(whole.charged >= wasi::count_names(long_way("d")) * wasi::price::name);
    const bool is_walked = resolver == wasi::PathResolverKind::component_wise;
    CHECK(whole.looks >= (is_walked ? whole.charged / HostMeter::look_units / 2 : 1));
    check_ends(program, call, whole);
  }
  const Ledger plain = run(program, [&] { return program.filestat("d", 0); });
  CHECK(plain.charged <= 2 * wasi::price::name);
}

TEST_CASE("work: both ways to resolve paths take the same fuel and give the same answers") {
  struct Asked {
    Errno error;
    uint64_t charged;
    bool operator==(const Asked&) const = default;
  };
  std::vector<std::vector<Asked>> all;
  for (const auto resolver : resolvers) {
    TempDir temp;
    Program program(with_root(temp.path(), PreopenMode::read_write, resolver));
    make_chain(program, 3);
    write_file(temp / "file", "x");
    REQUIRE(program.symlink("missing/name", "dangling") == Errno::success);
    REQUIRE(program.symlink("loop", "loop") == Errno::success);
    REQUIRE(program.symlink("../out", "out") == Errno::success);
    std::vector<Asked>& answers = all.emplace_back();
    const auto ask = [&](const std::function<Errno()>& call) {
      Ledger ledger;
      ledger.attach(program);
      const Errno error = call();
      answers.push_back({error, ledger.charged});
      program.watch = {};
    };
    for (const std::string path : {"d",
                                   "d/",
                                   "file",
                                   "file/",
                                   "file/x",
                                   "missing",
                                   "d/missing/x",
                                   "link2",
                                   "link2/",
                                   "link2/..",
                                   "link1/x",
                                   "link0",
                                   "d/../link2/../file",
                                   "dangling",
                                   "dangling/x",
                                   "loop",
                                   "loop/x",
                                   "out",
                                   "out/x",
                                   "..",
                                   "d/../..",
                                   "./././d/./."}) {
      for (const uint32_t follow : {0u, 1u}) {
        ask([&] { return program.filestat(path, follow); });
        ask([&] {
          const auto opened = program.open(path, {.lookup = follow, .base = read_rights});
          if (opened.error == Errno::success) program.call(abi::fd_close, opened.fd);
          return opened.error;
        });
        ask([&] {
          return program.open(path + "/new/x", {.lookup = follow, .oflags = wasi::oflags::creat}).error;
        });
      }
      ask([&] { return program.on_path(abi::path_create_directory, path); });
      ask([&] { return program.rename(path, "missing/x"); });
      ask([&] { return program.readlink(path).empty() ? Errno::io : Errno::success; });
    }
  }
  REQUIRE(all[0].size() == all[1].size());
  for (size_t i = 0; i < all[0].size(); ++i) {
    INFO(i);
    CHECK(all[0][i].error == all[1][i].error);
    CHECK(all[0][i].charged == all[1][i].charged);
  }
}

namespace {

// A directory with many names, as a deterministic run lists it.
struct Sorted {
  static constexpr uint32_t names = 3000;
  TempDir temp;
  Program program;
  uint32_t buffer, used;

  explicit Sorted(uint64_t listing_bytes = wasi::Limits().listing_bytes)
      : program(config(listing_bytes)), buffer(program.space(200'000)), used(program.space(4)) {}
  wasi::Config config(uint64_t listing_bytes) {
    for (uint32_t i = 0; i < names; ++i) fs::create_symlink("x", temp / ("name" + std::to_string(i)));
    auto made = with_root(temp.path());
    made.determinism = wasi::Determinism{};
    made.limits.listing_bytes = listing_bytes;
    return made;
  }
  Errno list(uint32_t fd, uint32_t length, uint64_t cookie) {
    return program.call(abi::fd_readdir, fd, buffer, length, cookie, used);
  }
};

} // namespace

TEST_CASE("work: a sorted listing costs fuel for each entry, checks the deadline, and is sorted once") {
  Sorted it;
  const auto whole = [&] { return it.list(3, 200'000, 0); };
  const Ledger first = run(it.program, whole);
  CHECK(first.charged >= uint64_t{4} * Sorted::names * wasi::price::entry);
  CHECK(first.looks >= first.charged / HostMeter::look_units / 2);
  CHECK(first.longest <= 2 * HostMeter::look_units + 200'000 / 64);
  check_ends(it.program, whole, first);
  // Lists in pieces: only the first one sorts.
  run(it.program, [&] { return it.list(3, 1000, 0); });
  const auto next_cookie = it.program.load<uint64_t>(it.buffer + 24 + 1 + 24 + 2); // of the first name
  const Ledger piece = run(it.program, [&] { return it.list(3, 1000, next_cookie); });
  CHECK(piece.charged < first.charged / 20);
}

TEST_CASE("work: memory of listings is limited for all open directories together") {
  Sorted it(300'000); // two listings of some 100 KB, and the work on a third
  uint32_t kept = 0;
  for (Errno error = Errno::success; kept < 10; ++kept) {
    const auto opened = it.program.open(".", {.oflags = wasi::oflags::directory, .base = rights::directory});
    REQUIRE(opened.error == Errno::success);
    error = it.list(opened.fd, 1000, 0);
    if (error == Errno::overflow) break;
    REQUIRE(error == Errno::success);
  }
  CHECK(kept >= 1);
  CHECK(kept <= 3);
  for (uint32_t fd = 4; fd < 4 + kept; ++fd) CHECK(it.program.call(abi::fd_close, fd) == Errno::success);
  CHECK(it.list(4 + kept, 1000, 0) == Errno::success); // there is room again
}

TEST_CASE("work: one policy charges and interrupts every loop of the host") {
  TempDir temp;
  wasi::Config config = with_root(temp.path());
  for (int i = 0; i < 3000; ++i) config.args.emplace_back("argument");
  Program program(config);
  const auto file = program.open("file", {.oflags = wasi::oflags::creat, .base = rights::all});
  REQUIRE(file.error == Errno::success);
  constexpr uint64_t size = uint64_t{64} << 20;
  REQUIRE(program.call(abi::fd_filestat_set_size, file.fd, size) == Errno::success); // a hole
  const uint32_t buffer = program.space(500'000), count = program.space(8);
  const uint32_t vectors = program.iovecs({{buffer, 500'000}});
  const uint32_t many_vectors = program.space(1024 * 8), subscriptions = program.space(4000 * 48);
  for (uint32_t i = 0; i < 4000; ++i) { // clocks whose moment has come
    program.store<uint8_t>(subscriptions + i * 48 + 8, wasi::eventtype::clock);
    program.store<uint32_t>(subscriptions + i * 48 + 16, wasi::clockid::monotonic);
  }
  struct {
    const char* name;
    std::function<Errno()> call;
    uint64_t least_charged;
  } const loops[] = {
      {"random_get", [&] { return program.call(abi::random_get, buffer, 500'000); }, 500'000 / 64},
      {"fd_read", [&] { return program.call(abi::fd_pread, file.fd, vectors, 1, 0, count); }, 500'000 / 64},
      {"fd_pwrite", [&] { return program.call(abi::fd_pwrite, file.fd, vectors, 1, 0, count); },
       500'000 / 64},
      {"fd_write", [&] { return program.call(abi::fd_write, 1, vectors, 1, count); }, 500'000 / 64},
      {"iovecs", [&] { return program.call(abi::fd_write, 1, many_vectors, 1024, count); },
       1024 * wasi::price::item},
      {"args_get", [&] { return program.call(abi::args_get, buffer, buffer + 20'000); },
       3000 * wasi::price::item},
      {"poll_oneoff", [&] { return program.call(abi::poll_oneoff, subscriptions, buffer, 4000, count); },
       4000 * wasi::price::item},
      {"fd_allocate", [&] { return program.call(abi::fd_allocate, file.fd, 0, size); }, size / 64},
      {"fd_sync", [&] { return program.call(abi::fd_sync, file.fd); }, 16 * wasi::price::sync},
      {"fd_datasync", [&] { return program.call(abi::fd_datasync, file.fd); }, 16 * wasi::price::sync},
  };
  for (const auto& loop : loops) {
    INFO(loop.name);
    const Ledger whole = run(program, loop.call);
    CHECK(whole.charged >= loop.least_charged);
    CHECK(whole.looks >= 1);
    CHECK(whole.longest <= (uint64_t{4} << 20) / 64); // the largest single step: a slice of fd_allocate
    check_ends(program, loop.call, whole);
  }
}

} // namespace skerry::test
