// Writes file attributes in the program's layout, and reads times that the program sets.
#pragma once

#include "wasi/call.hpp"
#include "wasi/platform/file_io.hpp"
#include "wasi/platform/file_status.hpp"

#include <string>

namespace skerry::wasi {

/// Stores the attributes `found` at `address` as a filestat. A filestat has 64 bytes. In the unstable
/// snapshot it has 56 bytes, because the link count there has only 32 bits. Errors: fault.
Errno store_filestat(Call& call, uint32_t address, const platform::FileStatus& found, Filetype type);

/// The functions note_… record for a deterministic run what the program has done, and do nothing in other
/// runs. note_changed: the contents of a file or directory were changed. note_made: a name was made in a
/// directory. note_removed: a name was removed from a directory; `status` is the status of the name's file
/// before the removal. note_times: a file's times were set.
void note_changed(Call& call, int fd);
void note_made(Call& call, int directory, const std::string& name);
void note_removed(Call& call, int directory, const platform::FileStatus& status);
void note_times(Call& call, const platform::FileStatus& status, const platform::FileTimes& times);

/// Returns the access and modification times that a program asks to set; `flags` are fstflags. Errors:
/// inval for unknown flags, and for flags that set one time both to a value and to "now".
Expected<platform::FileTimes> file_times(Call& call, uint64_t atim, uint64_t mtim, uint32_t flags);

} // namespace skerry::wasi
