// Shapes of modules and texts that cost much more than their bytes, each in any size.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

namespace skerry::test {

struct Amplification {
  std::string name;
  /// 1 makes some megabytes, or as much as a limit allows.
  std::vector<std::byte> (*make)(double scale);
  bool is_text = false;
  bool all_features = false; // otherwise the default features
  bool is_skipped = false;   // loading does not read most of it
};

std::vector<Amplification> amplifications();

} // namespace skerry::test
