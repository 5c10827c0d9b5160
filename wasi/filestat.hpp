// File attributes in the program's layout, and times from it.
#pragma once

#include "wasi/call.hpp"

#include <sys/stat.h>

#include <array>
#include <ctime>

namespace skerry::wasi {

/// Stores `status` as a filestat: 64 bytes, or 56 with a 32-bit link count for the unstable snapshot. Errors:
/// fault.
Errno store_filestat(Call& call, uint32_t address, const struct stat& found, Filetype type);

/// Records a change for deterministic runs: the program has changed the contents of a file or directory, made
/// a name in a directory, or removed the file of a name. Does nothing in other runs.
void note_changed(Call& call, int fd);
void note_made(Call& call, int directory, const char* name);
void note_removed(Call& call, int directory, const struct stat& status);
void note_times(Call& call, const struct stat& status, const std::array<timespec, 2>& times);

/// Access and modification time for utimensat. Errors: inval for unknown flags and for both a time and "now".
Expected<std::array<timespec, 2>> file_times(Call& call, uint64_t atim, uint64_t mtim, uint32_t flags);

} // namespace skerry::wasi
