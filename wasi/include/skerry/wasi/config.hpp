// Config: what a WASI program gets: arguments, variables, directories, streams, clocks, random bytes, and its
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

/// A host directory that the program sees under another name.
struct Preopen {
  std::string host;  ///< opened once, when the context is created
  std::string guest; ///< as the program sees it, e.g. "/" or "/data"
  PreopenMode mode = PreopenMode::read_only;
  std::shared_ptr<Quota> quota = nullptr; ///< null: only the file system's limits
};

/// A host socket given to the program: a listener or a connection. Its descriptor follows the directories.
/// The context does not close it. A listener is made nonblocking (O_NONBLOCK) when the program first accepts:
/// otherwise a call could wait past its deadline if another process accepts from the same listener.
struct PreopenedSocket {
  int host_fd = -1;
};

/// Empty: reads are at the end at once, and writes are dropped.
struct Null {};
/// The embedding process's own stream of the same number. It is never buffered or closed, and its flags never
/// change.
struct Inherit {};
/// A file, pipe or socket of the embedding process. The context does not close it; it must stay open while
/// the context lives.
struct BorrowedFd {
  int host_fd = -1;
};
/// Fixed bytes to read.
struct Bytes {
  std::string data;
};
/// Called to fill the bytes. Returns how many it has filled, 0 at the end of the input. It must not wait
/// beyond the call's deadline or use the program's store.
using InputCallback = std::function<size_t(std::span<std::byte>)>;
/// Called with each piece that the program writes. Returns how many of the bytes it took. If it takes only
/// some, the program sees a short write; if it takes none, "no space left". It must not use the program's
/// store. Like every function in a Config it must not throw, because no code between it and the program
/// catches exceptions.
using OutputCallback = std::function<size_t(std::span<const std::byte>)>;

/// Collects what a program writes, up to a limit. One thread at a time.
class OutputBuffer {
public:
  enum class Overflow : uint8_t {
    discard, ///< bytes that do not fit are counted and dropped; the program does not notice
    fail,    ///< the program gets "no space left on device"
  };
  explicit OutputBuffer(size_t limit, Overflow overflow = Overflow::discard) noexcept
      : limit_(limit), overflow_(overflow) {}

  const std::string& text() const noexcept { return text_; }
  /// Bytes that were written but did not fit.
  uint64_t dropped() const noexcept { return dropped_; }
  /// Returns the text and starts again, empty.
  std::string take() noexcept;
  /// Returns how many of `bytes` it took.
  size_t write(std::span<const std::byte> bytes);

private:
  std::string text_;
  size_t limit_;
  uint64_t dropped_ = 0;
  Overflow overflow_;
};

using Input = std::variant<Null, Inherit, BorrowedFd, Bytes, InputCallback>;
using Output = std::variant<Null, Inherit, BorrowedFd, std::shared_ptr<OutputBuffer>, OutputCallback>;

/// Sources of time, in nanoseconds. Empty functions stand for the system's clocks.
struct Clocks {
  std::function<uint64_t()> realtime;  ///< since 1970-01-01T00:00:00Z
  std::function<uint64_t()> monotonic; ///< since an arbitrary moment; never goes back
  std::function<uint64_t()> cpu_time;  ///< for both CPU-time clocks; by default the CPU time of the calling
                                       ///< thread
  uint64_t resolution = 0;             ///< of all clocks; 0 asks the system
  /// If set, time is virtual: a wait calls this function with the remaining nanoseconds instead of sleeping.
  /// If a wait includes a clock, its descriptors are only polled.
  std::function<void(uint64_t)> sleep;
};

/// Makes two runs of a program with the same inputs equal, byte for byte and instruction for instruction:
/// time is counted in instructions, a wait only advances the clock, random bytes are derived from the seed,
/// and file attributes that would differ are hidden. Replaces Clocks and RandomSource.
struct Determinism {
  uint64_t seed = 0;
  uint64_t start = 946'684'800'000'000'000; ///< realtime at the first use of a clock; 2000-01-01T00:00:00Z
  uint64_t nanoseconds_per_instruction = 1; ///< at least 1
};

/// Fills the bytes; false fails the program's call with "I/O error". Empty stands for the system's random
/// source. Must not use the program's store.
using RandomSource = std::function<bool(std::span<std::byte>)>;

/// How a path is confined to its directory. All give the same answers and take the same fuel.
enum class PathResolverKind : uint8_t {
  automatic,      ///< openat2 if the kernel has it
  openat2,        ///< openat2(RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS), Linux 5.6; as component_wise with links
  component_wise, ///< one openat(O_NOFOLLOW) for each component
};

/// Bounds on the program's requests. Reaching one is an errno for the program, never a crash.
struct Limits {
  uint32_t open_descriptors = 1024; ///< including streams and preopens; then `mfile`
  uint32_t iovecs = 1024; ///< vectors used in one call (POSIX IOV_MAX); the rest makes a short transfer
  uint64_t transfer_bytes = 1u << 30; ///< one read or write; the rest makes a short transfer
  uint32_t path_bytes = 4096;         ///< then `nametoolong`
  uint32_t poll_subscriptions = 4096; ///< then `inval`
  /// Memory for the sorted listings of all open directories together (deterministic runs only); then
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
