// Config: the arguments, environment variables, directories, streams, clocks, random bytes and limits of a
// WASI program.
#pragma once

#include "skerry/wasi/quota.hpp"

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <variant>
#include <vector>

namespace skerry::wasi {

enum class PreopenMode : uint8_t {
  read_only, ///< nothing below can be created, written, truncated, linked, renamed, removed or touched
  read_write,
};

/// A host directory that the program sees under another name.
struct Preopen {
  std::string host;  ///< the directory; opened once, when the context is created
  std::string guest; ///< its name for the program, e.g. "/" or "/data"
  PreopenMode mode = PreopenMode::read_only;
  std::shared_ptr<Quota> quota = nullptr; ///< null: only the file system's limits
};

/// A host socket given to the program: a listener or a connection. The program's descriptors of sockets
/// follow those of the preopened directories. The context does not close the socket. When the program first
/// accepts from a listener, WASI makes the listener nonblocking (O_NONBLOCK). If the listener stayed in
/// blocking mode, another process could accept the connection after the listener was reported ready, and
/// the program's call would then wait past its deadline.
struct PreopenedSocket {
  int host_fd = -1;
};

/// An empty stream: reads report the end at once, and writes succeed without effect.
struct Null {};
/// Connects a stream of the program to the stream of the embedding process with the same number (0, 1 or 2).
/// The embedder's stream is never buffered or closed, and its flags never change.
struct Inherit {};
/// A descriptor of the embedding process, for a file, pipe or socket. The descriptor must stay open while
/// the context lives. The context does not close it.
struct BorrowedFd {
  int host_fd = -1;
};
/// Fixed bytes to read.
struct Bytes {
  std::string data;
};
/// A function that fills the bytes with input. It returns how many bytes it has filled, or 0 at the end of
/// the input. The function must not wait beyond the deadline of the program's call, and must not use the
/// program's store.
using InputCallback = std::function<size_t(std::span<std::byte>)>;
/// A function that takes each piece of output that the program writes. It returns how many of the bytes it
/// took. If it takes only some of them, the program sees a short write. If it takes none of them, the program
/// sees `nospc` ("no space left"). The function must not use the program's store. Like every function in a
/// Config it must not throw, because no code between the function and the program catches exceptions.
using OutputCallback = std::function<size_t(std::span<const std::byte>)>;

/// Collects what a program writes, up to a limit. May be used by one thread at a time.
class OutputBuffer {
public:
  enum class Overflow : uint8_t {
    discard, ///< bytes that do not fit are counted and dropped; the program does not notice
    fail,    ///< the program gets "no space left on device"
  };
  explicit OutputBuffer(size_t limit, Overflow overflow = Overflow::discard) noexcept
      : limit_(limit), overflow_(overflow) {}

  const std::string& text() const noexcept { return text_; }
  /// How many bytes were dropped because they did not fit.
  uint64_t dropped() const noexcept { return dropped_; }
  /// Returns the text, and empties the buffer.
  std::string take() noexcept;
  /// Appends as many of `bytes` as fit. Returns how many bytes the program shall see as written.
  size_t write(std::span<const std::byte> bytes);

private:
  std::string text_;
  size_t limit_;
  uint64_t dropped_ = 0;
  Overflow overflow_;
};

using Input = std::variant<Null, Inherit, BorrowedFd, Bytes, InputCallback>;
using Output = std::variant<Null, Inherit, BorrowedFd, std::shared_ptr<OutputBuffer>, OutputCallback>;

/// Sources of time, in nanoseconds. An empty function stands for the system's clock.
struct Clocks {
  std::function<uint64_t()> realtime;  ///< since 1970-01-01T00:00:00Z
  std::function<uint64_t()> monotonic; ///< since an arbitrary time; never goes back
  std::function<uint64_t()> cpu_time;  ///< for both CPU-time clocks; by default the CPU time of the calling
                                       ///< thread
  uint64_t resolution = 0;             ///< of all clocks; 0 asks the system
  /// If `sleep` is set, time is virtual: a program that waits for a point in time does not sleep. Instead,
  /// WASI calls this function with the nanoseconds that remain until that time. If the program waits for
  /// descriptors in the same call, they are polled once, without waiting; if one of them is ready, this
  /// function is not called.
  std::function<void(uint64_t)> sleep;
};

/// Makes two runs of a program equal, byte for byte and instruction for instruction, if they have the same
/// inputs. Time is counted in instructions, a wait only advances the clock, random bytes are derived from
/// `seed`, and file attributes that would differ are hidden. Replaces Clocks and RandomSource.
struct Determinism {
  uint64_t seed = 0;
  uint64_t start = 946'684'800'000'000'000; ///< realtime at the first use of a clock; 2000-01-01T00:00:00Z
  uint64_t nanoseconds_per_instruction = 1; ///< at least 1
};

/// A function that fills the bytes with random data. If the function returns false, the program's call fails
/// with `io`. An empty function stands for the system's random source. The function must not use the
/// program's store.
using RandomSource = std::function<bool(std::span<std::byte>)>;

/// How a path is confined to its directory. All methods give the same answers and cost the same fuel.
enum class PathResolverKind : uint8_t {
  automatic,      ///< openat2 if the kernel has it
  openat2,        ///< openat2(RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS), Linux 5.6; for paths with links,
                  ///< component_wise
  component_wise, ///< one openat(O_NOFOLLOW) for each component
};

/// Limits on the program's requests. A program that exceeds a limit gets an errno or a short transfer. The
/// comment on each limit names the errno.
struct Limits {
  uint32_t open_descriptors = 1024; ///< including streams and preopens; more get `mfile`
  uint32_t iovecs = 1024; ///< vectors used in one call (POSIX IOV_MAX); with more, the transfer is short
  uint64_t transfer_bytes = 1u << 30; ///< bytes of one read or write; with more, the transfer is short
  uint32_t path_bytes = 4096;         ///< longer paths get `nametoolong`
  uint32_t poll_subscriptions = 4096; ///< more of them get `inval`
  /// Memory for the sorted listings and the cookies of all open directories together. Listings are sorted in
  /// deterministic runs, and on systems where positions in a directory change when files are removed. Past
  /// the limit the program gets `overflow` for a sorted listing, and cookies of more than 31 bits.
  uint64_t listing_bytes = 8u << 20;
};

struct Config {
  std::vector<std::string> args;                        ///< the program's name first
  std::vector<std::pair<std::string, std::string>> env; ///< in this order
  std::vector<Preopen> preopens;                        ///< descriptors 3, 4, …
  std::vector<PreopenedSocket> sockets;                 ///< the descriptors after the preopens
  Input stdin_stream = Null{};
  Output stdout_stream = Null{};
  Output stderr_stream = Null{};
  Clocks clocks;
  RandomSource random;
  std::optional<Determinism> determinism;
  PathResolverKind resolver = PathResolverKind::automatic;
  Limits limits;
};

} // namespace skerry::wasi
