// Moves bytes between the program's memory and the target of a descriptor.
#pragma once

#include "wasi/call.hpp"
#include "wasi/iovecs.hpp"

#include <optional>

namespace skerry::wasi {

/// Calls IoVecs::read with the call's limits. Each used vector costs price::item. Errors: those of
/// IoVecs::read, and intr with call.meter.stop set.
Expected<IoVecs> read_vectors(Call& call, uint32_t address, uint32_t count);

/// Reads into `vectors`, from `offset` if it is given, else from the current position. A read from a stream
/// returns the bytes that are available, and waits only if there are none. A read from a file fills all
/// vectors, unless the file ends. Waits end at the deadline. Returns the number of bytes; 0 at the end.
/// Errors: again for a nonblocking stream without data, intr with call.meter.stop set, spipe for an offset on
/// a stream, otherwise those of the system.
Expected<uint32_t> read_into(Call& call, Descriptor& file, IoVecs& vectors, std::optional<uint64_t> offset);

/// Writes all of `vectors`, at `offset` if it is given. Writes only a part if the stream is nonblocking or an
/// error occurs after that part. Returns the number of bytes. Never raises SIGPIPE. Errors: those of
/// read_into, and pipe, nospc, dquot.
Expected<uint32_t> write_from(Call& call, Descriptor& file, IoVecs& vectors, std::optional<uint64_t> offset);

} // namespace skerry::wasi
