#include "host/support/file_bytes.hpp"

#include "host/platform/files.hpp"
#include "host/support/fail.hpp"
#include "skerry/printable.hpp"
#include "vm/base/address.hpp"

#include <algorithm>
#include <span>
#include <system_error>
#include <utility>

namespace skerry::host {

namespace {

using platform::FileKind;

Unexpected<FileProblem> problem(const std::filesystem::path& file, const std::string& what) {
  return fail(FileProblem{false, 0, printable(file.string()) + what});
}

Unexpected<FileProblem> system_problem(const std::filesystem::path& file, std::error_code error) {
  return problem(file, ": " + error.message());
}

Unexpected<FileProblem> larger_than_limit(const std::filesystem::path& file, uint64_t size, uint64_t limit) {
  return fail(FileProblem{true, size,
                          printable(file.string()) + " is larger than the limit of " + std::to_string(limit) +
                              " bytes"});
}

std::string_view name_of(FileKind kind) {
  switch (kind) {
  case FileKind::regular: return "a regular file";
  case FileKind::directory: return "a directory";
  case FileKind::fifo: return "a FIFO";
  case FileKind::device: return "a device";
  case FileKind::socket: return "a socket";
  }
  std::unreachable();
}

Unexpected<FileProblem> not_regular(const std::filesystem::path& file, FileKind kind) {
  return problem(file, " is " + std::string(name_of(kind)) + ", not a regular file");
}

/// Reads an open file to its end.
FileBytes read_all(const std::filesystem::path& file, const OwnedFd& opened, uint64_t size, uint64_t limit) {
  if (size > limit) return larger_than_limit(file, size, limit);
  std::vector<std::byte> bytes(
      vm::to_size(size + 1)); // + 1, so that the end is found without growing the buffer
  size_t used = 0;
  while (true) {
    const auto count = platform::read_some(opened, std::span(bytes).subspan(used));
    if (!count) return system_problem(file, count.error());
    if (*count == 0) break;
    used += *count;
    if (used > limit) return larger_than_limit(file, used, limit);
    if (used == bytes.size())
      bytes.resize(vm::to_size(std::min<uint64_t>(uint64_t{used} * 2 + 4096, limit + 1)));
  }
  bytes.resize(used);
  return bytes;
}

} // namespace

FileBytes read_file(const std::filesystem::path& file, uint64_t limit) {
  // Checked before the file is opened, because opening some devices has effects.
  const auto found = platform::file_status(file);
  if (!found) return system_problem(file, found.error());
  if (found->kind != FileKind::regular) return not_regular(file, found->kind);
  const auto opened = platform::open_without_waiting(file);
  if (!opened) return system_problem(file, opened.error());
  const auto before = platform::file_status(*opened); // another file may have been renamed to the path
  if (!before) return system_problem(file, before.error());
  if (before->kind != FileKind::regular) return not_regular(file, before->kind);
  auto bytes = read_all(file, *opened, before->size, limit);
  if (!bytes) return bytes;
  const auto after = platform::file_status(*opened);
  if (!after) return system_problem(file, after.error());
  if (*after != *before) return problem(file, " was changed while it was read");
  return bytes;
}

namespace {

FileBytes read_opened(const std::filesystem::path& file,
                      const skerry::Expected<OwnedFd, std::error_code>& opened, uint64_t limit) {
  if (!opened) return system_problem(file, opened.error());
  const auto status = platform::file_status(*opened);
  if (!status) return system_problem(file, status.error());
  return read_all(file, *opened, status->size, limit);
}

} // namespace

FileBytes read_file_or_pipe(const std::filesystem::path& file, uint64_t limit) {
  return read_opened(file, platform::open_for_reading(file), limit);
}

FileBytes read_standard_input(uint64_t limit) {
  return read_opened(standard_input_name, platform::open_standard_input(), limit);
}

std::string empty_file(const std::filesystem::path& file) {
  return printable(file.string()) +
         " is empty; a writer must close the new file before it renames it to this path";
}

} // namespace skerry::host
