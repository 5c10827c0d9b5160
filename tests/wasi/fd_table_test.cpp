#include "wasi/fd_table.hpp"

#include "tests/catch.hpp"
#include "tests/wasi/program.hpp"

namespace skerry::test {

namespace {

wasi::Descriptor descriptor(wasi::Rights base) {
  wasi::Descriptor made;
  made.base = base;
  return made;
}

} // namespace

TEST_CASE("fd table: the lowest free number is used") {
  wasi::FdTable table(10);
  for (uint32_t expected = 0; expected < 5; ++expected) CHECK(table.insert(descriptor(expected)) == expected);
  CHECK(table.close(3) == Errno::success);
  CHECK(table.close(1) == Errno::success);
  CHECK(table.insert(descriptor(0)) == 1u);
  CHECK(table.insert(descriptor(0)) == 3u);
  CHECK(table.insert(descriptor(0)) == 5u);
  CHECK(table.open_count() == 6);
}

TEST_CASE("fd table: numbers that are not open are badf") {
  wasi::FdTable table(10);
  REQUIRE(table.insert(descriptor(0)));
  REQUIRE(table.insert(descriptor(0)));
  CHECK(table.close(1) == Errno::success);
  for (const uint32_t fd : {1u, 2u, 0x7fff'ffffu, 0xffff'ffffu}) {
    CHECK(table.get(fd).error() == Errno::badf);
    CHECK(table.close(fd) == Errno::badf);
    CHECK(table.renumber(fd, 0) == Errno::badf);
    CHECK(table.renumber(0, fd) == Errno::badf);
  }
}

TEST_CASE("fd table: rights are checked") {
  wasi::FdTable table(10);
  REQUIRE(table.insert(descriptor(rights::fd_read | rights::fd_seek)));
  CHECK(table.get(0, rights::fd_read));
  CHECK(table.get(0, rights::fd_write).error() == Errno::notcapable);
  CHECK(table.get(0, rights::fd_read | rights::fd_write).error() == Errno::notcapable);
}

TEST_CASE("fd table: the limit holds, and a close makes room") {
  wasi::FdTable table(2);
  CHECK(table.insert(descriptor(0)));
  CHECK(table.insert(descriptor(0)));
  CHECK(table.insert(descriptor(0)).error() == Errno::mfile);
  CHECK(table.close(0) == Errno::success);
  CHECK(table.insert(descriptor(0)) == 0u);
}

TEST_CASE("fd table: renumber moves, closes its target, and does nothing for equal numbers") {
  wasi::FdTable table(10);
  for (wasi::Rights mark = 0; mark < 4; ++mark) REQUIRE(table.insert(descriptor(mark)));
  CHECK(table.renumber(2, 2) == Errno::success);
  CHECK((*table.get(2))->base == 2);
  CHECK(table.renumber(3, 1) == Errno::success);
  CHECK((*table.get(1))->base == 3);
  CHECK(table.get(3).error() == Errno::badf);
  CHECK(table.open_count() == 3);
  CHECK(table.insert(descriptor(0)) == 3u);
}

TEST_CASE("fd table: renumber closes its target's system descriptor") {
  int ends[2];
  REQUIRE(::pipe(ends) == 0);
  wasi::FdTable table(10);
  auto target = descriptor(0);
  target.resource = wasi::HostFd::owned(OwnedFd(ends[1]));
  REQUIRE(table.insert(descriptor(0)));
  const bool is_inserted = table.insert(std::move(target)).has_value();
  REQUIRE(is_inserted);
  REQUIRE(table.renumber(0, 1) == Errno::success);
  char byte = 0;
  CHECK(::read(ends[0], &byte, 1) == 0); // at the end: no writer is left
  ::close(ends[0]);
}

} // namespace skerry::test
