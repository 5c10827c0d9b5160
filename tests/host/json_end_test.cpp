#include "host/guest/json_end.hpp"

#include "tests/catch.hpp"

#include <string>

using skerry::host::terminated_length;
using namespace std::string_literals;

TEST_CASE("a result ends with the first complete JSON value") {
  CHECK(terminated_length("{}") == 2);
  CHECK(terminated_length("{\"a\":[1,{\"b\":\"}\"}]}garbage") == 19);
  CHECK(terminated_length("[1,2]]") == 5);
  CHECK(terminated_length("  {} ") == 4);
  CHECK(terminated_length("\"a\\\"b\" c") == 6);
  CHECK(terminated_length("-1.5e3,") == 6);
  CHECK(terminated_length("42") == 2);
  CHECK(terminated_length("true and more") == 4);
  CHECK(terminated_length("null") == 4);
}

TEST_CASE("a result ends at a NUL") {
  CHECK(terminated_length("plain text\0more"s) == 10);
  CHECK(terminated_length("{\"cut\":\0}"s) == 7);
  CHECK(terminated_length("\"cut\0\""s) == 4);
  CHECK(terminated_length("\"cut\\\0\""s) == 5);
  CHECK(terminated_length("\0"s) == 0);
  CHECK(terminated_length("  \0"s) == 2);
}

TEST_CASE("the end of an incomplete result is not found") {
  CHECK_FALSE(terminated_length(""));
  CHECK_FALSE(terminated_length("   "));
  CHECK_FALSE(terminated_length("{\"a\":1"));
  CHECK_FALSE(terminated_length("\"open"));
  CHECK_FALSE(terminated_length("\"open\\\""));
  CHECK_FALSE(terminated_length("plain text"));
  CHECK_FALSE(terminated_length(std::string(100'000, '[')));
}
