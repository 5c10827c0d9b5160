// Results of running scripts, as numbers and as a list of failures.
#pragma once

#include "skerry/wast.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <vector>

namespace skerry::spec {

inline constexpr size_t command_kinds = static_cast<size_t>(wat::Command::Kind::broken) + 1;

struct Tally {
  uint32_t passed = 0, failed = 0, skipped = 0;
  Tally& operator+=(const Tally& other) {
    passed += other.passed, failed += other.failed, skipped += other.skipped;
    return *this;
  }
  bool operator==(const Tally&) const = default;
};

/// Counts by kind of command. Trivially copyable, because Tallies are stored in memory that processes
/// share.
struct Tallies {
  std::array<Tally, command_kinds> by_kind{};
  Tally& operator[](wat::Command::Kind kind) { return by_kind[static_cast<size_t>(kind)]; }
  Tallies& operator+=(const Tallies& other) {
    for (size_t i = 0; i < command_kinds; ++i) by_kind[i] += other.by_kind[i];
    return *this;
  }
  Tally total() const {
    Tally sum;
    for (const Tally& tally : by_kind) sum += tally;
    return sum;
  }
};

struct Failure {
  uint32_t line = 0;
  std::string kind; // the command's name, "crash", "timeout" or "io"
  std::string message;
};

struct FileReport {
  std::string path;
  Tallies tallies;
  std::vector<Failure> failures;
  std::map<std::string, uint32_t> skips; // the reasons for which commands were skipped, and how many were
  bool crashed = false;                  // the file's process crashed, hung or could not be started
};

} // namespace skerry::spec
