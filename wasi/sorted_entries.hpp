// Reads a directory's entries in the order of their names, for deterministic runs and for systems where
// positions in a directory change.
#pragma once

#include "skerry/host_meter.hpp"
#include "wasi/types.hpp"

#include <cstddef>
#include <vector>

namespace skerry::wasi {

/// Returns all entries (platform::first_entry) in the order of their names, with positions numbered from 1
/// upwards. The result is the same for the same names on every file system. Each entry costs price::entry
/// once for reading and twice for sorting. Errors: overflow if the entries take more than `most_bytes`; intr
/// with meter.stop set; those of the system.
Expected<std::vector<std::byte>> read_sorted(HostMeter& meter, int directory, size_t most_bytes);

} // namespace skerry::wasi
