// Suggestions for mistyped names.
#include "vm/base/near_names.hpp"

#include "tests/catch.hpp"

#include <vector>

using skerry::vm::did_you_mean;
using skerry::vm::NearNames;

namespace {

std::string option_like(std::string_view name) {
  const std::vector<std::string> known{"--fuel", "--dir", "--timeout", "--max-memory", "--max-stack"};
  return did_you_mean(name, known);
}

std::string among(std::string_view name, const std::vector<std::string>& known) {
  NearNames near(name);
  for (const std::string& candidate : known) near.offer(candidate);
  return near.text();
}

} // namespace

TEST_CASE("a name with one letter wrong, missing, added or swapped is suggested") {
  for (const std::string_view name : {"--fual", "--ful", "--fuell", "--feul", "--Fuel"})
    CHECK(option_like(name) == "; did you mean --fuel?");
  CHECK(option_like("--timout") == "; did you mean --timeout?");
  CHECK(among("alocate", {"allocate", "other"}) == R"(; did you mean "allocate"?)");
  CHECK(among("fd_wirte", {"fd_write", "fd_read"}) == R"(; did you mean "fd_write"?)");
}

TEST_CASE("case, underscores and hyphens make no difference between names") {
  CHECK(option_like("--maxmemory") == "; did you mean --max-memory?");
  CHECK(among("on_event", {"OnEvent", "on-even"}) == R"(; did you mean "OnEvent"?)");
}

TEST_CASE("a name that contains the other is suggested") {
  CHECK(among("execute", {"plugin_execute_v2"}) == R"(; did you mean "plugin_execute_v2"?)");
  CHECK(among("run", {"plugin_run_v2"}).empty()); // too short
}

TEST_CASE("a name that is like no other gets no suggestion") {
  for (const std::string_view name : {"--verbose", "", "--leuf", "--x"}) CHECK(option_like(name).empty());
  CHECK(among("name", {"name"}).empty());
}

TEST_CASE("the nearest names are suggested, in order and at most three") {
  CHECK(among("abcd", {"abce", "abcdx", "abcd_"}) == R"(; did you mean "abcd_"?)");
  CHECK(among("abcd", {"abcx", "abca"}) == R"(; did you mean "abca" or "abcx"?)");
  CHECK(among("abcd", {"abcx", "abcw", "abcy", "abca"}) == R"(; did you mean "abca", "abcw" or "abcx"?)");
}

TEST_CASE("suggestions are printable") {
  CHECK(among("a\nbcd", {"a\nbcde"}) == R"(; did you mean "a\u{a}bcde"?)");
  const std::vector<std::string> known{"a\nbcde"};
  CHECK(did_you_mean("a\nbcd", known) == R"(; did you mean a\u{a}bcde?)");
}

TEST_CASE("the work for suggestions is bounded") {
  const std::string longest(100, 'n'), too_long(101, 'n');
  CHECK_FALSE(among(longest, {too_long.substr(2)}).empty());
  CHECK(among(longest, {too_long}).empty());
  CHECK_FALSE(NearNames(too_long).offer(longest));
  NearNames near("name");
  size_t looked_at = 0;
  while (near.offer("other")) ++looked_at;
  CHECK(looked_at == 10'000);
  near.offer("names");
  CHECK(near.text().empty());
}
