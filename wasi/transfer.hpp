// Moves bytes between the program's memory and the target of a descriptor.
#pragma once

#include "wasi/call.hpp"
#include "wasi/iovecs.hpp"

#include <optional>

namespace skerry::wasi {

/// IoVecs::read with the call's limits; each used vector costs price::item. Errors: those of IoVecs::read.
Expected<IoVecs> read_vectors(Call& call, uint32_t address, uint32_t count);

/// Reads into `vectors`, at `offset` if there is one, else at the current position. A stream returns the
/// bytes that it has; a file fills all vectors. Waits end at the deadline. Returns the number of bytes; 0 at
/// the end. Errors: again for a nonblocking stream without data, intr with call.meter.stop set, spipe for an
/// offset on a stream, otherwise those of the system.
Expected<uint32_t> read_into(Call& call, Descriptor& file, IoVecs& vectors, std::optional<uint64_t> offset);

/// Writes all of `vectors` unless the stream is nonblocking or an error occurs after a part. Never raises
/// SIGPIPE. Errors: those of read_into, and pipe, nospc.
Expected<uint32_t> write_from(Call& call, Descriptor& file, IoVecs& vectors, std::optional<uint64_t> offset);

} // namespace skerry::wasi
