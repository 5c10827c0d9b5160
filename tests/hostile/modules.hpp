// Malformed, invalid and hostile modules with their expected outcomes.
#pragma once

#include "skerry/error.hpp"

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

namespace skerry::test {

struct HostileModule {
  std::string name;
  std::vector<std::byte> (*make)();
  std::optional<ErrorKind> compile_error; // none: the module compiles
  std::string message;                    // beginning of the message
  bool all_features = false;              // otherwise the default features
  bool refused_by_store = false;          // compiles, but instantiation fails with a limit
};

/// At least 40 modules; tests/hostile/README.md describes them.
std::vector<HostileModule> hostile_modules();

/// A small module with every section, which tests truncate.
std::vector<std::byte> small_module();

} // namespace skerry::test
