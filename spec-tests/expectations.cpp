#include "spec-tests/expectations.hpp"

#include <filesystem>
#include <fstream>
#include <sstream>

namespace skerry::spec {

namespace {

/// Returns `path` as an absolute path without `.` and `..`.
std::string full_path(std::string_view path) {
  std::error_code error;
  auto full = std::filesystem::absolute(path, error);
  return error ? std::string(path) : full.lexically_normal().string();
}

bool ends_with_path(std::string_view path, std::string_view suite_path) {
  if (!path.ends_with(suite_path)) return false;
  return path.size() == suite_path.size() || path[path.size() - suite_path.size() - 1] == '/';
}

std::string_view folder_of(std::string_view path) {
  size_t slash = path.rfind('/');
  return slash == std::string_view::npos ? std::string_view() : path.substr(0, slash);
}

Error bad_line(const std::string& line) {
  return Error(ErrorKind::usage, ErrorCode::none, "cannot read: " + line);
}

/// Calls `handle` for each line of the file, except comments and empty lines. A missing file counts as
/// empty. Errors: those of `handle`, at the first line for which `handle` fails.
template <class F> Result<void> each_line(const std::string& path, F&& handle) {
  std::ifstream file(path);
  std::string line;
  while (std::getline(file, line)) {
    if (line.empty() || line[0] == '#') continue;
    if (auto done = handle(line); !done) return done;
  }
  return {};
}

} // namespace

Result<Expectations> Expectations::load(const std::string& folder) {
  Expectations expectations;
  auto skips =
      each_line(folder + "/skips.txt", [&](const auto& line) { return expectations.add_skip(line); });
  if (!skips) return fail(skips.error());
  auto counts =
      each_line(folder + "/counts.txt", [&](const auto& line) { return expectations.add_count(line); });
  if (!counts) return fail(counts.error());
  return expectations;
}

Result<void> Expectations::add_skip(const std::string& line) {
  std::istringstream in(line);
  std::string place, reason;
  in >> place >> reason;
  size_t colon = place.rfind(':');
  if (colon == std::string::npos || reason.empty()) return fail(bad_line(line));
  uint32_t number = 0;
  for (char c : place.substr(colon + 1)) {
    if (c < '0' || c > '9') return fail(bad_line(line));
    number = number * 10 + static_cast<uint32_t>(c - '0');
  }
  skips_[place.substr(0, colon)].insert(number);
  return {};
}

Result<void> Expectations::add_count(const std::string& line) {
  std::istringstream in(line);
  Count count;
  std::string passed, skipped;
  in >> count.folder >> passed >> count.passed >> skipped >> count.skipped;
  if (!in || passed != "passed" || skipped != "skipped") return fail(bad_line(line));
  counts_.push_back(std::move(count));
  return {};
}

const std::set<uint32_t>& Expectations::skipped_lines(std::string_view path) const {
  const std::string full = full_path(path);
  for (const auto& [suite_path, lines] : skips_)
    if (ends_with_path(full, suite_path)) return lines;
  return no_lines_;
}

std::vector<std::string> Expectations::check_counts(const std::vector<FileReport>& reports) const {
  std::vector<std::string> problems;
  for (const Count& count : counts_) {
    Tally sum;
    bool seen = false;
    for (const FileReport& report : reports) {
      if (!ends_with_path(folder_of(full_path(report.path)), count.folder)) continue;
      seen = true;
      sum += report.tallies.total();
    }
    if (!seen || (sum.passed == count.passed && sum.skipped == count.skipped)) continue;
    problems.push_back(count.folder + ": expected " + std::to_string(count.passed) + " passed and " +
                       std::to_string(count.skipped) + " skipped, got " + std::to_string(sum.passed) +
                       " and " + std::to_string(sum.skipped));
  }
  return problems;
}

} // namespace skerry::spec
