// Opens and reads files of any kind. Internal.
#pragma once

#include "skerry/expected.hpp"
#include "vm/platform/owned_fd.hpp"

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <span>
#include <system_error>

// All functions are thread-safe. Errors are those of the system, in std::generic_category. Programs that this
// process starts do not inherit the descriptors.
namespace skerry::platform {

enum class FileKind : uint8_t { regular, directory, fifo, device, socket };

struct FileStatus {
  FileKind kind = FileKind::regular;
  uint64_t size = 0;    ///< of a regular file, in bytes; 0 for other kinds
  int64_t modified = 0; ///< last change of the content, in nanoseconds since 1970
  bool operator==(const FileStatus&) const = default;
};

/// Returns the status of the file that a path leads to, through symbolic links.
[[nodiscard]] Expected<FileStatus, std::error_code> file_status(const std::filesystem::path& file) noexcept;
/// Returns the status of an open file.
[[nodiscard]] Expected<FileStatus, std::error_code> file_status(const OwnedFd& file) noexcept;

/// Opens a file or a pipe to read it. Opening a FIFO waits for a writer.
[[nodiscard]] Expected<OwnedFd, std::error_code> open_for_reading(const std::filesystem::path& file);
/// Like open_for_reading, but never waits. Reads of a FIFO or device that is opened this way do not wait
/// either, and fail if no bytes are available.
[[nodiscard]] Expected<OwnedFd, std::error_code> open_without_waiting(const std::filesystem::path& file);
/// Opens the standard input of this process once more, at its present position. Closing the result leaves
/// standard input open.
[[nodiscard]] Expected<OwnedFd, std::error_code> open_standard_input() noexcept;
/// Opens a file to write it. If the file exists, removes its content; otherwise creates the file.
[[nodiscard]] Expected<OwnedFd, std::error_code> open_for_writing(const std::filesystem::path& file);

/// Waits until bytes are available, and reads as many of them as fit in `to`. Returns how many bytes were
/// read; 0 at the end of the file.
[[nodiscard]] Expected<size_t, std::error_code> read_some(const OwnedFd& file,
                                                          std::span<std::byte> to) noexcept;

} // namespace skerry::platform
