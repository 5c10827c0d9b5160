#include "host/support/file_bytes.hpp"

#include "host/platform/files.hpp"
#include "host/support/fail.hpp"
#include "skerry/printable.hpp"

#include <algorithm>
#include <span>
#include <system_error>

namespace skerry::host {

namespace {

Unexpected<FileProblem> system_problem(const std::filesystem::path& file, std::error_code error) {
  return fail(FileProblem{false, 0, printable(file.string()) + ": " + error.message()});
}

Unexpected<FileProblem> larger_than_limit(const std::filesystem::path& file, uint64_t size, uint64_t limit) {
  return fail(FileProblem{true, size,
                          printable(file.string()) + " is larger than the limit of " + std::to_string(limit) +
                              " bytes"});
}

} // namespace

skerry::Expected<std::vector<std::byte>, FileProblem> read_file(const std::filesystem::path& file,
                                                                uint64_t limit) {
  const auto opened = platform::open_for_reading(file);
  if (!opened) return system_problem(file, opened.error());
  const auto size = platform::regular_size(*opened);
  if (!size) return system_problem(file, size.error());
  if (*size > limit) return larger_than_limit(file, *size, limit);

  std::vector<std::byte> bytes(*size + 1); // + 1, so that the end is found without growing the buffer
  size_t used = 0;
  while (true) {
    const auto count = platform::read_some(*opened, std::span(bytes).subspan(used));
    if (!count) return system_problem(file, count.error());
    if (*count == 0) break;
    used += *count;
    if (used > limit) return larger_than_limit(file, used, limit);
    if (used == bytes.size()) bytes.resize(std::min<uint64_t>(used * 2 + 4096, limit + 1));
  }
  bytes.resize(used);
  return bytes;
}

} // namespace skerry::host
