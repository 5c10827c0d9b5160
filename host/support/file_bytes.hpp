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

using FileBytes = skerry::Expected<std::vector<std::byte>, FileProblem>;

/// Reads a regular file. Refuses directories, FIFOs, devices and sockets without opening them, and so never
/// waits for another process. Refuses a file whose size exceeds `limit` before any memory is allocated. The
/// bytes are those of one moment: a file that is written while it is read is refused. If another file is
/// renamed to the path in the meantime, the result is one of the two files.
[[nodiscard]] FileBytes read_file(const std::filesystem::path& file, uint64_t limit);
/// Like read_file, but also reads pipes and devices, and waits for their bytes. Refuses them as soon as more
/// than `limit` bytes have been read.
[[nodiscard]] FileBytes read_file_or_pipe(const std::filesystem::path& file, uint64_t limit);

/// Reads standard input to its end, which may be a pipe, a file or a terminal. Refuses it as soon as more
/// than `limit` bytes have been read.
[[nodiscard]] FileBytes read_standard_input(uint64_t limit);
/// The name of standard input in messages.
inline constexpr const char* standard_input_name = "standard input";

/// Returns the message for a module or manifest that is empty. Such a file says nothing about the version:
/// its writer has opened it, or renamed it, before the bytes were written.
std::string empty_file(const std::filesystem::path& file);

} // namespace skerry::host
