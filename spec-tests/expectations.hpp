// Expectations: which commands of the test suite are known to fail, and how many must pass or be skipped.
#pragma once

#include "skerry/error.hpp"
#include "spec-tests/tally.hpp"

#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace skerry::spec {

/// The content of the files skips.txt and counts.txt. A line of skips.txt is `PATH:LINE reason` and names
/// one command that is known to fail. A line of counts.txt is `FOLDER passed N skipped M`. Lines that begin
/// with `#` are comments. PATH and FOLDER are relative to the suite: they stand for any file or folder on
/// disk whose path ends with them.
class Expectations {
public:
  /// Reads both files in `folder`. A missing file counts as empty. Errors: usage, with the invalid line in
  /// the message.
  static Result<Expectations> load(const std::string& folder);

  /// Returns the lines of the script `path` whose commands are known to fail.
  const std::set<uint32_t>& skipped_lines(std::string_view path) const;
  /// Returns one text for each folder of counts.txt of which at least one script was run, but whose counts
  /// differ from counts.txt.
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
