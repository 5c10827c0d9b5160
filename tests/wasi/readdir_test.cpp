#include "tests/catch.hpp"
#include "tests/support/emulation.hpp"
#include "tests/wasi/program.hpp"

#include <algorithm>
#include <map>
#include <set>

namespace skerry::test {

namespace {

struct Listed {
  std::string name;
  uint64_t next = 0;
  uint64_t inode = 0;
  uint8_t type = 0;
};

struct Page {
  std::vector<Listed> whole; // without a truncated entry
  bool is_full = false;
};

Page page(Program& program, uint32_t fd, uint32_t length, uint64_t cookie) {
  const uint32_t buffer = program.space(length), used_at = program.space(4);
  REQUIRE(program.call(abi::fd_readdir, fd, buffer, length, cookie, used_at) == Errno::success);
  const uint32_t used = program.load<uint32_t>(used_at);
  REQUIRE(used <= length);
  Page found;
  found.is_full = used == length;
  for (uint32_t at = 0; at + 24 <= used;) {
    const uint32_t name_length = program.load<uint32_t>(buffer + at + 16);
    if (at + 24 + name_length > used) break;
    found.whole.push_back({program.string_at(buffer + at + 24, name_length),
                           program.load<uint64_t>(buffer + at), program.load<uint64_t>(buffer + at + 8),
                           program.load<uint8_t>(buffer + at + 20)});
    at += 24 + name_length;
  }
  return found;
}

// Lists like C libraries: from the start, continuing at the last complete entry.
std::vector<Listed> list(Program& program, uint32_t fd, uint32_t length) {
  std::vector<Listed> all;
  uint64_t cookie = 0;
  for (;;) {
    const Page one = page(program, fd, length, cookie);
    all.insert(all.end(), one.whole.begin(), one.whole.end());
    if (!one.is_full) return all;
    REQUIRE_FALSE(one.whole.empty());
    cookie = one.whole.back().next;
  }
}

std::multiset<std::string> names(const std::vector<Listed>& entries) {
  std::multiset<std::string> found;
  for (const auto& entry : entries) found.insert(entry.name);
  return found;
}

} // namespace

TEST_CASE("readdir: every entry once, with any buffer that holds one") {
  TempDir temp;
  std::multiset<std::string> expected = {".", ".."};
  for (int i = 0; i < 300; ++i) {
    const std::string name = "entry-" + std::string(static_cast<size_t>(i % 17), 'x') + std::to_string(i);
    write_file(temp / name, "");
    expected.insert(name);
  }
  Program program(with_root(temp.path()));
  for (const uint32_t length : {50u, 64u, 77u, 128u, 1000u, 4096u, 65536u}) {
    INFO(length);
    CHECK(names(list(program, 3, length)) == expected);
  }
}

TEST_CASE("readdir: types, inode numbers, and nothing about the parent") {
  TempDir temp;
  fs::create_directory(temp / "dir");
  write_file(temp / "file", "x");
  fs::create_symlink("file", temp / "link");
  Program program(with_root(temp.path()));
  std::map<std::string, Listed> found;
  for (const auto& entry : list(program, 3, 4096)) found[entry.name] = entry;
  CHECK(found.size() == 5);
  CHECK(found["dir"].type == static_cast<uint8_t>(wasi::Filetype::directory));
  CHECK(found["file"].type == static_cast<uint8_t>(wasi::Filetype::regular_file));
  CHECK(found["link"].type == static_cast<uint8_t>(wasi::Filetype::symbolic_link));
  CHECK(found[".."].inode == found["."].inode);
  for (const auto* name : {".", "dir", "file", "link"}) {
    REQUIRE(program.filestat(name, 0) == Errno::success);
    CHECK(found[name].inode == program.load<uint64_t>(program.filestat_at + 8));
  }
}

TEST_CASE("readdir: cookies stay valid, also after other calls and backwards") {
  TempDir temp;
  for (int i = 0; i < 100; ++i) write_file(temp / std::to_string(i), "");
  Program program(with_root(temp.path()));
  const auto all = list(program, 3, 65536);
  REQUIRE(all.size() == 102);
  for (size_t i = all.size() - 1; i-- > 0;) {
    const Page one = page(program, 3, 100, all[i].next);
    REQUIRE_FALSE(one.whole.empty());
    CHECK(one.whole.front().name == all[i + 1].name);
  }
  CHECK(page(program, 3, 4096, all.back().next).whole.empty());
}

TEST_CASE("readdir: cookies fit the 32-bit long of C libraries") {
  TempDir temp;
  for (int i = 0; i < 300; ++i) write_file(temp / std::to_string(i), "");
  for (const bool is_deterministic : {false, true}) {
    auto config = with_root(temp.path());
    if (is_deterministic) config.determinism = wasi::Determinism{};
    Program program(std::move(config));
    const auto all = list(program, 3, 1000);
    REQUIRE(all.size() == 302);
    for (const auto& entry : all) CHECK(entry.next < uint64_t{1} << 31);
  }
}

TEST_CASE("readdir: a cookie leads to its entry after others were added and removed") {
  for (const bool is_deterministic : {false, true}) {
    TempDir temp;
    for (int i = 0; i < 200; ++i) write_file(temp / std::to_string(i), "");
    auto config = with_root(temp.path());
    if (is_deterministic) config.determinism = wasi::Determinism{};
    Program program(std::move(config));
    const auto all = list(program, 3, 1000);
    REQUIRE(all.size() == 202);
    for (size_t i = 2; i < 50; ++i) fs::remove(temp / all[i].name);
    for (int i = 0; i < 200; ++i) write_file(temp / ("new-" + std::to_string(i)), "");
    const bool is_kept = is_deterministic || is_posix_only; // then the removed files are still listed
    for (const size_t i : {size_t{1}, size_t{60}, size_t{100}, size_t{150}}) {
      const Page one = page(program, 3, 65536, all[i].next);
      // A file system may list new entries there first.
      const auto found = std::ranges::find_if(
          one.whole, [](const Listed& entry) { return !entry.name.starts_with("new-"); });
      REQUIRE(found != one.whole.end());
      CHECK(found->name == all[is_kept ? i + 1 : std::max<size_t>(i + 1, 50)].name);
    }
    CHECK_FALSE(names(list(program, 3, 1000)).contains(all[2].name)); // a new listing
  }
}

TEST_CASE("readdir: a listing is complete without memory for small cookies") {
  TempDir temp;
  std::multiset<std::string> expected = {".", ".."};
  for (int i = 0; i < 500; ++i) {
    write_file(temp / std::to_string(i), "");
    expected.insert(std::to_string(i));
  }
  auto config = with_root(temp.path());
  config.limits.listing_bytes = 6 << 10;
  Program program(std::move(config));
  if (posix_lacks("keeps listings as a whole, which then do not fit")) return;
  const auto all = list(program, 3, 200);
  CHECK(names(all) == expected);
  for (const size_t i : {size_t{5}, size_t{300}, size_t{490}})
    CHECK(page(program, 3, 100, all[i].next).whole.at(0).name == all[i + 1].name);
}

TEST_CASE("readdir: no inode number is 0, which C libraries take for unknown") {
  TempDir temp;
  write_file(temp / "file", "");
  fs::create_directory(temp / "dir");
  for (const bool is_deterministic : {false, true}) {
    auto config = with_root(temp.path());
    if (is_deterministic) config.determinism = wasi::Determinism{};
    Program program(std::move(config));
    const auto below = program.open("dir", {.oflags = wasi::oflags::directory, .base = rights::directory});
    REQUIRE(below.error == Errno::success);
    for (const uint32_t fd : {3u, below.fd}) {
      const auto all = list(program, fd, 4096);
      REQUIRE(all.size() >= 2);
      CHECK(all[0].inode == all[1].inode);
      for (const auto& entry : all) CHECK(entry.inode != 0);
    }
  }
}

TEST_CASE("readdir: files can be removed while they are listed") {
  TempDir temp;
  for (int i = 0; i < 1000; ++i) write_file(temp / ("file" + std::to_string(i)), "");
  Program program(with_root(temp.path()));
  uint64_t cookie = 0;
  for (;;) {
    const Page one = page(program, 3, 512, cookie);
    for (const auto& entry : one.whole) {
      if (entry.name.starts_with("file"))
        CHECK(program.on_path(abi::path_unlink_file, entry.name) == Errno::success);
    }
    if (!one.is_full) break;
    cookie = one.whole.back().next;
  }
  CHECK(fs::is_empty(temp.path()));
}

TEST_CASE("readdir: new entries appear in a new listing") {
  TempDir temp;
  Program program(with_root(temp.path()));
  CHECK(list(program, 3, 4096).size() == 2);
  write_file(temp / "new", "");
  CHECK(list(program, 3, 4096).size() == 3);
  fs::remove(temp / "new");
  CHECK(list(program, 3, 4096).size() == 2);
}

TEST_CASE("readdir: invalid cookies and useless buffers") {
  TempDir temp;
  write_file(temp / "file", "");
  Program program(with_root(temp.path()));
  const uint32_t buffer = program.space(4096), used = program.space(4);
  for (const uint64_t cookie : {uint64_t{3}, uint64_t{1} << 31, uint64_t{1} << 40, uint64_t{1} << 63,
                                ~uint64_t{0}, ~uint64_t{0} - 2}) {
    INFO(cookie);
    const Errno error = program.call(abi::fd_readdir, 3, buffer, 4096, cookie, used);
    CHECK((error == Errno::success || error == Errno::inval || error == Errno::noent));
    if (error == Errno::success) CHECK(program.load<uint32_t>(used) <= 4096);
  }
  CHECK(program.call(abi::fd_readdir, 3, buffer, 0, 0, used) == Errno::success);
  CHECK(program.load<uint32_t>(used) == 0);
  for (uint32_t length = 1; length < 60; ++length) {
    CHECK(program.call(abi::fd_readdir, 3, buffer, length, 0, used) == Errno::success);
    CHECK(program.load<uint32_t>(used) == std::min(length, 51u + 24 + 4));
  }
  CHECK(program.call(abi::fd_readdir, 3, buffer, 0xffff'ffff, 0, used) == Errno::fault);
  CHECK(program.call(abi::fd_readdir, 1, buffer, 10, 0, used) == Errno::notdir);
  CHECK(program.call(abi::fd_readdir, 99, buffer, 10, 0, used) == Errno::badf);
}

} // namespace skerry::test
