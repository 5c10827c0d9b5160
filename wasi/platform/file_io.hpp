// Functions on an open file: reads, writes, its size, its times and its flags.
#pragma once

#include "wasi/platform/buffers.hpp"
#include "wasi/types.hpp"

#include <array>
#include <cstdint>
#include <limits>

namespace skerry::wasi::platform {

/// The largest offset in a file.
inline constexpr uint64_t max_offset = std::numeric_limits<int64_t>::max();

/// `read` and `write` work at the file's position and advance it. `read_at` and `write_at` work at `offset`
/// and do not change the position. All four return how many bytes they moved, which may be fewer than the
/// buffers hold; reading at the end of the file returns 0. For streams, see streams.hpp. Errors: those of
/// the system.
Expected<size_t> read(int fd, Buffers buffers) noexcept;
Expected<size_t> write(int fd, Buffers buffers) noexcept;
Expected<size_t> read_at(int fd, Buffers buffers, uint64_t offset) noexcept;
Expected<size_t> write_at(int fd, Buffers buffers, uint64_t offset) noexcept;

enum class Whence : uint8_t { start, current, end };
/// Sets the file's position and returns it. Errors: spipe if the file has no position; inval; overflow.
Expected<uint64_t> seek(int fd, int64_t offset, Whence whence) noexcept;

Errno set_size(int fd, uint64_t size) noexcept;
/// Reserves space, and makes the file at least `offset + length` bytes long. Errors: notsup if the file
/// system cannot reserve space; nospc; otherwise those of the system.
Errno allocate(int fd, uint64_t offset, uint64_t length) noexcept;
/// Writes a part of the file back to the disk. Errors: io, nospc and dquot, which the system reports only
/// once; notsup if only the whole file can be written back.
Errno write_back(int fd, uint64_t offset, uint64_t length) noexcept;
/// Writes the file back to the disk: its content, and with `metadata` also all of its attributes.
Errno sync(int fd, bool metadata) noexcept;

/// Kinds of advice, with the numbers that WASI gives them.
enum class Advice : uint8_t { normal, sequential, random, will_need, dont_need, no_reuse };
inline constexpr uint32_t advices = 6;
Errno advise(int fd, uint64_t offset, uint64_t length, Advice advice) noexcept;

/// Sets whether all writes go to the end of the file.
Errno set_append(int fd, bool append) noexcept;

/// A time to set for a file.
struct FileTime {
  enum class Kind : uint8_t { keep, now, at } kind = Kind::keep;
  uint64_t at = 0; ///< for Kind::at: nanoseconds since 1970
};
using FileTimes = std::array<FileTime, 2>; ///< the access time, the modification time

Errno set_times(int fd, const FileTimes& times) noexcept;
/// Sets the times of the file `name` in `directory`. If the file is a symbolic link, sets the times of the
/// link itself.
Errno set_times_at(int directory, const std::string& name, const FileTimes& times) noexcept;

} // namespace skerry::wasi::platform
