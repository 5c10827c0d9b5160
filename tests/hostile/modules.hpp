// Malformed, invalid and hostile modules with what must become of them.
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
  std::optional<ErrorKind> compile_error; // none: it compiles
  std::string message;                    // what the message begins with
  bool all_features = false;              // else the default ones
  bool refused_by_store = false;          // compiles, but instantiation fails with a limit
};

/// At least 40 (docs of the corpus: tests/hostile/README.md).
std::vector<HostileModule> hostile_modules();

/// A small module with every section; what tests truncate.
std::vector<std::byte> small_module();

} // namespace skerry::test
