// Whole files, never more of them than is allowed. Internal.
#pragma once

#include <cstddef>
#include <cstdint>
#include <expected>
#include <filesystem>
#include <string>
#include <vector>

namespace skerry::host {

struct FileProblem {
  bool too_large = false;
  uint64_t size = 0;   ///< when too large: of the file, as far as it is known
  std::string message; ///< names the file
};

/// The bytes of a regular file or pipe. Refused before anything is allocated when its size says that it is
/// larger than `limit`; a file that grows meanwhile, or a pipe, is refused once that much was read.
[[nodiscard]] std::expected<std::vector<std::byte>, FileProblem> read_file(const std::filesystem::path& file,
                                                                           uint64_t limit);

} // namespace skerry::host
