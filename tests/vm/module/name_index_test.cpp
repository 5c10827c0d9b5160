#include "tests/catch.hpp"
#include "vm/module/name_index.hpp"

#include <string>
#include <vector>

using skerry::vm::NameIndex;

namespace {

/// Names by index, as the users of a NameIndex keep them; hashes as bad as `modulus` makes them.
struct Names {
  std::vector<std::string> names;
  uint64_t modulus = ~uint64_t{0};
  NameIndex index;

  uint64_t hash(const std::string& name) const { return std::hash<std::string>()(name) % modulus; }
  uint32_t insert(const std::string& name, uint32_t at) {
    if (names.size() <= at) names.resize(at + 1);
    names[at] = name;
    return index.insert(
        hash(name), at, [&](uint32_t other) { return other != at && names[other] == name; },
        [&](uint32_t other) { return hash(names[other]); });
  }
  uint32_t find(const std::string& name) const {
    return index.find(hash(name), [&](uint32_t other) { return names[other] == name; });
  }
};

} // namespace

TEST_CASE("a name index finds what was inserted and nothing else") {
  for (const uint64_t modulus : {~uint64_t{0}, uint64_t{1} << 20, uint64_t{3}, uint64_t{1}})
    for (const uint32_t stride : {1u, 7u, 100u}) {
      INFO("hashes below " << modulus << ", every index of " << stride);
      Names names{.names = {}, .modulus = modulus, .index = {}};
      CHECK(names.find("0") == NameIndex::none);
      constexpr uint32_t count = 500;
      for (uint32_t i = 0; i < count; ++i) REQUIRE(names.insert(std::to_string(i), i * stride) == i * stride);
      for (uint32_t i = 0; i < count; ++i) REQUIRE(names.find(std::to_string(i)) == i * stride);
      CHECK(names.find("x") == NameIndex::none);
      CHECK(names.insert("17", count * stride) == 17 * stride);
      CHECK(names.index.size() == count);
      names.index.clear();
      CHECK(names.find("17") == NameIndex::none);
    }
}

TEST_CASE("a name index takes large indices before small ones") {
  Names names;
  CHECK(names.insert("far", 1'000'000) == 1'000'000);
  for (uint32_t i = 0; i < 100; ++i) REQUIRE(names.insert(std::to_string(i), i) == i);
  CHECK(names.find("far") == 1'000'000);
  CHECK(names.find("99") == 99);
}

TEST_CASE("a name index with room for a number of names holds them all") {
  for (const uint32_t count : {0u, 1u, 2u, 3u, 100u, 1365u}) {
    NameIndex index;
    index.reserve(count);
    const auto is_none = [](uint32_t) { return false; };
    for (uint32_t i = 0; i < count; ++i) REQUIRE(index.insert(i * 0x9e37'79b9u, i, is_none) == i);
    for (uint32_t i = 0; i < count; ++i)
      REQUIRE(index.find(i * 0x9e37'79b9u, [&](uint32_t other) { return other == i; }) == i);
  }
}
