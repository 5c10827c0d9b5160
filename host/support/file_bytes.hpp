// Reads whole files up to a maximum size. Internal.
#pragma once

#include "skerry/expected.hpp"

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

namespace skerry::host {

struct FileProblem {
  bool too_large = false;
  uint64_t size = 0;   ///< if too_large: the file's size, or the bytes read so far
  std::string message; ///< contains the file's name
};

/// Reads a regular file or a pipe. A file whose size exceeds `limit` is refused before any memory is
/// allocated. A pipe, or a file that grows while it is read, is refused as soon as more than `limit` bytes
/// have been read.
[[nodiscard]] skerry::Expected<std::vector<std::byte>, FileProblem>
read_file(const std::filesystem::path& file, uint64_t limit);

} // namespace skerry::host
