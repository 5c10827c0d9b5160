// Times of files that a program's 64 bits of nanoseconds cannot hold.
#include "tests/catch.hpp"
#include "tests/wasi/program.hpp"
#include "wasi/platform/posix/timespec.hpp"

#include <fcntl.h>
#include <sys/stat.h>

namespace skerry::test {

namespace {

constexpr uint64_t last_time = ~uint64_t{0};
constexpr time_t last_second = 18'446'744'073; // in July 2554

} // namespace

TEST_CASE("times: those outside of 64 bits of nanoseconds end at the limits") {
  using wasi::platform::to_nanoseconds;
  CHECK(to_nanoseconds({0, 5}) == 5);
  CHECK(to_nanoseconds({-1, 999'999'999}) == 0);
  CHECK(to_nanoseconds({last_second, 709'551'615}) == last_time);
  CHECK(to_nanoseconds({last_second, 709'551'614}) == last_time - 1);
  CHECK(to_nanoseconds({last_second, 709'551'616}) == last_time);
  CHECK(to_nanoseconds({last_second + 1, 0}) == last_time);
  CHECK(to_nanoseconds({19'880'899'200, 0}) == last_time); // 2600-01-01
  const timespec back = wasi::platform::to_timespec(last_time);
  CHECK(back.tv_sec == last_second);
  CHECK(back.tv_nsec == 709'551'615);
}

TEST_CASE("times: a file of the year 2600 is not shown as one of 2015") {
  TempDir temp;
  write_file(temp / "file", "");
  const timespec both[] = {{19'880'899'200, 0}, {19'880'899'200, 0}};
  REQUIRE(::utimensat(AT_FDCWD, (temp / "file").c_str(), both, 0) == 0);
  struct stat kept{};
  REQUIRE(::stat((temp / "file").c_str(), &kept) == 0);
  Program program(with_root(temp.path()));
  REQUIRE(program.filestat("file", 0) == Errno::success);
  // The file system may have its own limit: ext4 ends in 2446.
  const uint64_t expected = kept.st_mtime > last_second ? last_time : uint64_t(kept.st_mtime) * 1'000'000'000;
  CHECK(program.load<uint64_t>(program.filestat_at + 40) == expected);
  CHECK(program.load<uint64_t>(program.filestat_at + 48) == expected);
}

} // namespace skerry::test
