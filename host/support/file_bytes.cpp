#include "host/support/file_bytes.hpp"

#include "host/support/fail.hpp"
#include "skerry/printable.hpp"
#include "vm/platform/owned_fd.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <system_error>

namespace skerry::host {

namespace {

Unexpected<FileProblem> system_problem(const std::filesystem::path& file) {
  return fail(
      FileProblem{false, 0, printable(file.string()) + ": " + std::generic_category().message(errno)});
}

Unexpected<FileProblem> larger_than_limit(const std::filesystem::path& file, uint64_t size, uint64_t limit) {
  return fail(FileProblem{true, size,
                          printable(file.string()) + " is larger than the limit of " + std::to_string(limit) +
                              " bytes"});
}

/// Reads once, and stores the data in `bytes` from position `used` on. Returns the number of bytes read, 0 at
/// the end of the file, or -1 on an error.
ssize_t read_some(int fd, std::vector<std::byte>& bytes, size_t used) {
  ssize_t count;
  do {
    count = read(fd, bytes.data() + used, bytes.size() - used);
  } while (count < 0 && errno == EINTR);
  return count;
}

} // namespace

skerry::Expected<std::vector<std::byte>, FileProblem> read_file(const std::filesystem::path& file,
                                                                uint64_t limit) {
  const OwnedFd descriptor(open(file.c_str(), O_RDONLY | O_CLOEXEC));
  struct stat status;
  if (descriptor.get() < 0 || fstat(descriptor.get(), &status) != 0) return system_problem(file);
  uint64_t size = S_ISREG(status.st_mode) ? static_cast<uint64_t>(status.st_size) : 0;
  if (size > limit) return larger_than_limit(file, size, limit);

  std::vector<std::byte> bytes(size + 1); // + 1, so that the end is found without growing the buffer
  size_t used = 0;
  while (true) {
    ssize_t count = read_some(descriptor.get(), bytes, used);
    if (count < 0) return system_problem(file);
    if (count == 0) break;
    used += static_cast<size_t>(count);
    if (used > limit) return larger_than_limit(file, used, limit);
    if (used == bytes.size()) bytes.resize(std::min<uint64_t>(used * 2 + 4096, limit + 1));
  }
  bytes.resize(used);
  return bytes;
}

} // namespace skerry::host
