// The cookies of a directory: small numbers for the positions of any file system, within bounded memory.
#include "wasi/directory_cookies.hpp"

#include "tests/catch.hpp"

#include <set>

namespace skerry::test {

namespace {

using wasi::DirectoryCookies;

constexpr size_t any_room = ~size_t{0};
constexpr uint64_t c_long_limit = uint64_t{1} << 31;

// Like the positions of ext4: 63 bits of a hash.
uint64_t hashed(uint64_t n) { return ((n + 1) * 0x9e3779b97f4a7c15) >> 1 | uint64_t{1} << 62; }

} // namespace

TEST_CASE("cookies: every position has its own, and all fit a long of 32 bits") {
  DirectoryCookies cookies;
  std::set<uint64_t> seen;
  const auto check = [&](uint64_t position) {
    const uint64_t cookie = cookies.cookie_of(position, any_room);
    CHECK(cookie >= 2);
    CHECK(cookie < c_long_limit);
    CHECK(seen.insert(cookie).second);
    CHECK(cookies.position_of(cookie) == position);
  };
  const uint64_t edge = uint64_t{1} << 30;
  for (const uint64_t position : {uint64_t{0}, uint64_t{1}, uint64_t{77}, edge - 3, edge - 2, edge - 1, edge,
                                  2 * edge - 1, 2 * edge, (uint64_t{1} << 63) - 1})
    check(position);
  for (uint64_t n = 0; n < 1000; ++n) check(hashed(n));
}

TEST_CASE("cookies: a position keeps its cookie when it is met again and after others were met") {
  DirectoryCookies cookies;
  std::vector<uint64_t> first;
  for (uint64_t n = 0; n < 500; ++n) first.push_back(cookies.cookie_of(hashed(n), any_room));
  const size_t bytes = cookies.bytes();
  for (uint64_t n = 500; n-- > 0;) CHECK(cookies.cookie_of(hashed(n), 0) == first[n]);
  CHECK(cookies.bytes() == bytes);
  for (uint64_t n = 500; n < 5000; ++n) cookies.cookie_of(hashed(n), any_room);
  for (uint64_t n = 0; n < 500; ++n) {
    CHECK(cookies.cookie_of(hashed(n), any_room) == first[n]);
    CHECK(cookies.position_of(first[n]) == hashed(n));
  }
}

TEST_CASE("cookies: without room they are large, and still stand for their positions") {
  DirectoryCookies cookies;
  const uint64_t large = cookies.cookie_of(hashed(1), 0);
  CHECK(large >= c_long_limit);
  CHECK(cookies.position_of(large) == hashed(1));
  CHECK(cookies.bytes() == 0);
  CHECK(cookies.cookie_of(5, 0) == 7); // small positions need no room
  const uint64_t small = cookies.cookie_of(hashed(1), any_room);
  CHECK(small < c_long_limit);
  CHECK(cookies.position_of(large) == hashed(1)); // the old cookie stays valid
}

TEST_CASE("cookies: their memory is bounded") {
  constexpr size_t most = DirectoryCookies::most_positions * DirectoryCookies::bytes_per_position;
  static_assert(most <= size_t{512} << 10);
  DirectoryCookies cookies, narrow;
  size_t small = 0, wrong = 0;
  for (uint64_t n = 0; n < 100'000; ++n) {
    const uint64_t cookie = cookies.cookie_of(hashed(n), any_room);
    small += cookie < c_long_limit ? 1 : 0;
    wrong += cookies.position_of(cookie) == hashed(n) ? 0 : 1;
    narrow.cookie_of(hashed(n), 1000);
  }
  CHECK(small == DirectoryCookies::most_positions);
  CHECK(wrong == 0);
  CHECK(cookies.bytes() == most);
  CHECK(narrow.bytes() > 0);
  CHECK(narrow.bytes() <= 1000);
}

TEST_CASE("cookies: numbers that were never handed out stand for no position") {
  DirectoryCookies cookies;
  const uint64_t last = cookies.cookie_of(hashed(0), any_room);
  for (const uint64_t number :
       {uint64_t{0}, uint64_t{1}, last + 1, c_long_limit - 1, c_long_limit, uint64_t{1} << 40, hashed(0)}) {
    INFO(number);
    CHECK_FALSE(cookies.position_of(number));
  }
}

} // namespace skerry::test
