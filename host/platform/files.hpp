// Opens and reads files, pipes included. Internal.
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

/// Opens a file or a pipe to read it.
[[nodiscard]] Expected<OwnedFd, std::error_code> open_for_reading(const std::filesystem::path& file);
/// Opens a file to write it. If the file exists, removes its content; otherwise creates the file.
[[nodiscard]] Expected<OwnedFd, std::error_code> open_for_writing(const std::filesystem::path& file);

/// Returns the size of a regular file in bytes; 0 for pipes and devices.
[[nodiscard]] Expected<uint64_t, std::error_code> regular_size(const OwnedFd& file) noexcept;
/// Waits until bytes are available, and reads as many of them as fit in `to`. Returns how many bytes were
/// read; 0 at the end of the file.
[[nodiscard]] Expected<size_t, std::error_code> read_some(const OwnedFd& file,
                                                          std::span<std::byte> to) noexcept;

} // namespace skerry::platform
