// Moving bytes between the program's memory and what stands behind a descriptor.
#pragma once

#include "wasi/call.hpp"
#include "wasi/iovecs.hpp"

#include <optional>

namespace skerry::wasi {

/// IoVecs::read with the call's limits; each vector looked at costs price::item. Errors: as there; intr with
/// call.meter.stop set.
Expected<IoVecs> read_vectors(Call& call, uint32_t address, uint32_t count);

/// Reads into `vectors`, at `offset` when there is one, else at the position. Streams give what they have;
/// files fill all. Waits end at the deadline. Returns the bytes read; 0 at the end. Errors: again for a
/// nonblocking stream without data, intr with call.meter.stop set, spipe for an offset on a stream, else the
/// system's.
Expected<uint32_t> read_into(Call& call, Descriptor& file, IoVecs& vectors, std::optional<uint64_t> offset);

/// Writes all of `vectors` unless the stream is nonblocking or something fails after a part. Never raises
/// SIGPIPE. Errors: as read_into, and pipe, nospc.
Expected<uint32_t> write_from(Call& call, Descriptor& file, IoVecs& vectors, std::optional<uint64_t> offset);

} // namespace skerry::wasi
