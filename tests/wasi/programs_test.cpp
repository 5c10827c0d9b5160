// Programs in C that check themselves (tests/wasi/programs), on the engine, with both resolvers.
#include "tests/wasi/guest.hpp"

namespace skerry::test {

TEST_CASE("programs: directories, positions, renames, sparse files, many descriptors") {
  for (const auto* name : {"directories", "seek_append", "rename", "sparse", "descriptors"}) {
    const Guest guest(name);
    if (!guest.is_there()) {
      WARN("guests are not built here: skipped");
      return;
    }
    for (const auto resolver : resolvers) {
      INFO(name << ", resolver " << static_cast<int>(resolver));
      TempDir temp;
      auto config = with_root(temp.path(), PreopenMode::read_write, resolver);
      config.limits.open_descriptors = 600;
      const auto result = guest.run(std::move(config), {});
      CHECK(result.output == "ok\n");
      CHECK(result.status == 0);
      CHECK(fs::is_empty(temp.path())); // each removes its files
    }
  }
}

TEST_CASE("programs: the same with a quota that is large enough, which is empty again at the end") {
  for (const auto* name : {"directories", "seek_append", "rename", "descriptors"}) {
    const Guest guest(name);
    if (!guest.is_there()) return;
    INFO(name);
    TempDir temp;
    const auto quota = std::make_shared<wasi::Quota>(uint64_t{1} << 20, 2000);
    auto config = with_root(temp.path());
    config.preopens[0].quota = quota;
    config.limits.open_descriptors = 600;
    const auto result = guest.run(std::move(config), {});
    CHECK(result.output == "ok\n");
    CHECK(quota->bytes_used() == 0);
    CHECK(quota->files_used() == 0);
  }
}

TEST_CASE("programs: two deterministic runs are alike, to the instruction") {
  for (const auto* name : {"directories", "seek_append", "rename", "descriptors"}) {
    const Guest guest(name);
    if (!guest.is_there()) return;
    INFO(name);
    GuestResult results[2];
    for (auto& result : results) {
      TempDir temp;
      auto config = with_root(temp.path());
      config.determinism = wasi::Determinism{};
      config.limits.open_descriptors = 600;
      result = guest.run(std::move(config), {});
    }
    CHECK(results[0].output == "ok\n");
    CHECK(results[0].output == results[1].output);
    CHECK(results[0].fuel == results[1].fuel);
  }
}

} // namespace skerry::test
