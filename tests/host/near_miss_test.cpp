// Suggestions for mistyped names.
#include "host/support/near_miss.hpp"
#include "tests/catch.hpp"

namespace skerry::host::test {

namespace {

std::string suggestion(std::string_view name) {
  const std::vector<std::string> known{"--fuel", "--dir", "--timeout", "--max-memory", "--max-stack"};
  return did_you_mean(name, known);
}

} // namespace

TEST_CASE("a name with one letter wrong, missing, added or swapped is suggested") {
  for (const std::string_view name : {"--fual", "--ful", "--fuell", "--feul", "--Fuel"})
    CHECK(suggestion(name) == "; did you mean --fuel?");
  CHECK(suggestion("--maxmemory") == "; did you mean --max-memory?");
  CHECK(suggestion("--timout") == "; did you mean --timeout?");
}

TEST_CASE("a name that is like no other gets no suggestion") {
  for (const std::string_view name : {"--verbose", "", "--leuf", "--x"}) CHECK(suggestion(name).empty());
}

} // namespace skerry::host::test
