// Bodies that make a translator work hard: each is small for what a careless one does with it, and can be made
// as long as a test likes.
#pragma once

#include "tests/support/module_builder.hpp"

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

namespace skerry::test {

/// A module's first function has the body; about `size` bytes of instructions.
struct HostileBody {
  std::string_view name;
  std::vector<std::byte> (*make)(uint64_t size);
};

const std::vector<HostileBody>& hostile_bodies();

} // namespace skerry::test
