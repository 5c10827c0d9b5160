// What a WASI program is given: arguments, variables, directories, streams, clocks, random bytes, and its
// limits.
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

/// A host directory that the program finds under another name.
struct Preopen {
  std::string host;  ///< opened once, when the context is created
  std::string guest; ///< as the program sees it, e.g. "/" or "/data"
  PreopenMode mode = PreopenMode::read_only;
  std::shared_ptr<Quota> quota = nullptr; ///< none: what the file system has
};

/// A host socket given to the program, after its directories: a listener or a connection. Not closed by us. A
/// listener is made nonblocking (O_NONBLOCK) when the program first accepts: nothing else keeps a call from
/// waiting past its deadline when somebody else accepts from it, too.
struct PreopenedSocket {
  int host_fd = -1;
};

/// Nothing: reads find the end, writes vanish.
struct Null {};
/// The embedding process's own stream of the same number. Never buffered, never closed, its flags never
/// changed.
struct Inherit {};
/// A file, pipe or socket of the embedding process; not closed by us, must stay open while the context lives.
struct BorrowedFd {
  int host_fd = -1;
};
/// Fixed bytes to read, then the end.
struct Bytes {
  std::string data;
};
/// Called to fill the bytes; returns how many it has, 0 at the end of the input. It may not wait longer than
/// the call's deadline allows. Must not use the program's store.
using InputCallback = std::function<std::size_t(std::span<std::byte>)>;
/// Called with each piece that the program writes; returns how many of the bytes it took (less than all of
/// them: the program sees a short write, or "no space left" for none). Must not use the program's store.
/// Like every function in a Config, it must not throw: there is nobody between it and the program to catch
/// it.
using OutputCallback = std::function<std::size_t(std::span<const std::byte>)>;

/// Collects what a program writes, up to a limit. One thread at a time.
class OutputBuffer {
public:
  enum class Overflow : uint8_t {
    discard, ///< what does not fit is counted and dropped; the program does not notice
    fail,    ///< the program gets "no space left on device"
  };
  explicit OutputBuffer(std::size_t limit, Overflow overflow = Overflow::discard) noexcept
      : limit_(limit), overflow_(overflow) {}

  const std::string& text() const noexcept { return text_; }
  /// Bytes that were written but did not fit.
  uint64_t dropped() const noexcept { return dropped_; }
  /// Hands out the text and starts again, empty.
  std::string take() noexcept;
  /// How many of `bytes` it took.
  std::size_t write(std::span<const std::byte> bytes);

private:
  std::string text_;
  std::size_t limit_;
  uint64_t dropped_ = 0;
  Overflow overflow_;
};

using Input = std::variant<Null, Inherit, BorrowedFd, Bytes, InputCallback>;
using Output = std::variant<Null, Inherit, BorrowedFd, std::shared_ptr<OutputBuffer>, OutputCallback>;

/// Where time comes from, in nanoseconds. Empty functions mean the system's clocks.
struct Clocks {
  std::function<uint64_t()> realtime;  ///< since 1970-01-01T00:00:00Z
  std::function<uint64_t()> monotonic; ///< since any moment; never goes back
  std::function<uint64_t()> cpu_time;  ///< for both CPU-time clocks; by default that of the calling thread
  uint64_t resolution = 0;             ///< of all of them; 0 asks the system
  /// When set, time is virtual: a wait calls this with the nanoseconds that are left instead of sleeping, and
  /// descriptors are only looked at, never waited for, while a clock subscription is there too.
  std::function<void(uint64_t)> sleep;
};

/// Makes two runs of a program with the same inputs alike, byte for byte and instruction for instruction:
/// time is counted in instructions, waiting for a moment only moves the clock, random bytes follow from the
/// seed, and file systems tell nothing that would differ. Takes the place of Clocks and RandomSource.
struct Determinism {
  uint64_t seed = 0;
  uint64_t start = 946'684'800'000'000'000; ///< realtime at the first look at a clock; 2000-01-01T00:00:00Z
  uint64_t nanoseconds_per_instruction = 1; ///< at least 1
};

/// Fills the bytes; false fails the program's call with "I/O error". Empty means the system's random source.
/// Must not use the program's store.
using RandomSource = std::function<bool(std::span<std::byte>)>;

/// How paths are kept below their directory. Both give the same answers and take the same fuel.
enum class PathResolverKind : uint8_t {
  automatic,      ///< openat2 where the kernel has it
  openat2,        ///< openat2(RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS), Linux 5.6; as component_wise with links
  component_wise, ///< one openat(O_NOFOLLOW) for each component
};

/// Bounds on what the program can ask for. Reaching one is an errno for the program, never a crash.
struct Limits {
  uint32_t open_descriptors = 1024; ///< streams and preopens included; then `mfile`
  uint32_t iovecs = 1024; ///< vectors looked at in one call (POSIX IOV_MAX); the rest is a short transfer
  uint64_t transfer_bytes = 1u << 30; ///< one read or write; more is a short transfer
  uint32_t path_bytes = 4096;         ///< then `nametoolong`
  uint32_t poll_subscriptions = 4096; ///< then `inval`
  /// Kept for the sorted listings of open directories (deterministic runs only), all together; then
  /// `overflow`.
  uint64_t listing_bytes = 8u << 20;
};

struct Config {
  std::vector<std::string> args;                        ///< the program's name first
  std::vector<std::pair<std::string, std::string>> env; ///< in this order
  std::vector<Preopen> preopens;                        ///< descriptors 3, 4, …
  std::vector<PreopenedSocket> sockets;                 ///< the descriptors after them
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
