#include "host/support/hash.hpp"

#include "tests/catch.hpp"

#include <string_view>

using skerry::host::xxh3_128;

namespace {
std::string hash(std::string_view text) { return xxh3_128(std::as_bytes(std::span(text))); }
} // namespace

TEST_CASE("content hashes are those of xxhsum -H2") {
  CHECK(hash("") == "99aa06d3014798d86001c324468d497f");
  CHECK(hash("abc") == "06b05ab6733a618578af5f94892f3950");
  CHECK(hash("abd") != hash("abc"));
}
