// Known failures and exact counts, as data: skips.txt and counts.txt in one folder.
#pragma once

#include "skerry/error.hpp"
#include "spec-tests/tally.hpp"

#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace skerry::spec {

/// skips.txt: `PATH:LINE reason`, one command each. counts.txt: `FOLDER passed N skipped M`. `#` begins a
/// comment. Paths are relative to the suite; they match a file on disk whose path ends with them.
class Expectations {
public:
  /// Errors: io, or usage with the invalid line.
  static Result<Expectations> load(const std::string& folder);

  /// Lines of this file whose command must fail.
  const std::set<uint32_t>& skipped_lines(std::string_view path) const;
  /// Problems, one text each: folders of which every file was run, but with other counts.
  std::vector<std::string> check_counts(const std::vector<FileReport>& reports) const;

private:
  struct Count {
    std::string folder;
    uint32_t passed = 0, skipped = 0;
  };
  Result<void> add_skip(const std::string& line);
  Result<void> add_count(const std::string& line);

  std::map<std::string, std::set<uint32_t>, std::less<>> skips_; // by suite path
  std::set<uint32_t> no_lines_;
  std::vector<Count> counts_;
};

} // namespace skerry::spec
