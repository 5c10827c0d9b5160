// LogSink: writes log lines to a stream, and drops and counts lines when the stream is full. Internal.
#pragma once

#include "host/platform/standard_streams.hpp"
#include "host/support/mutex.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <string>
#include <string_view>
#include <thread>

namespace skerry::host {

/// Writes log lines to a file, pipe or terminal. A line is written at once if the stream takes it without
/// waiting. Otherwise it waits in a queue, which a thread writes; the thread starts when it is first needed.
/// When the queue is full, lines are dropped, and a line "skerry: 17 log lines were dropped" follows as soon
/// as there is room. Thread-safe. Several sinks may write to one stream.
class LogSink {
public:
  using Clock = std::chrono::steady_clock;
  /// The format of the sink's own lines. Callers pass complete lines, and should write them in this format.
  enum class Format : uint8_t { text, json };

  /// The descriptor must stay open while the sink exists. Lines of more than `capacity` bytes altogether do
  /// not wait in the queue.
  explicit LogSink(int descriptor = platform::standard_error, Format format = Format::text,
                   size_t capacity = size_t{1} << 20);
  /// Gives the stream `flush_time` to take the queued lines. Lines that are still queued then are lost.
  ~LogSink();
  LogSink(const LogSink&) = delete;
  LogSink& operator=(const LogSink&) = delete;

  static constexpr std::chrono::milliseconds flush_time{1000};
  /// The longest line in bytes. A longer line of text is cut; a longer line of JSON is dropped.
  static constexpr size_t longest_line = size_t{256} << 10;

  /// Writes `text` and a newline. Never waits for the stream. Control characters and newlines in `text` are
  /// escaped (skerry/printable.hpp), so a call writes exactly one line. JSON must already have no such
  /// characters, which dump_json ensures. If memory runs out, the line is dropped and counted.
  void line(std::string_view text) noexcept;
  /// Waits until all lines are written or dropped. Returns false if `deadline` has passed first.
  bool flush(Clock::time_point deadline) noexcept;
  /// Returns how many lines were dropped: the queue was full, or the stream failed (a closed pipe).
  uint64_t dropped() const noexcept;
  Format format() const noexcept { return format_; }

private:
  struct Line {
    std::string text;
    bool is_own = false; // reports dropped lines; not counted if it is dropped itself
  };

  void add(std::string line);
  void write_now() noexcept SKERRY_REQUIRES(mutex_);
  void tell_dropped() SKERRY_REQUIRES(mutex_);
  void drop_all() noexcept SKERRY_REQUIRES(mutex_);
  void start_or_wake() noexcept SKERRY_REQUIRES(mutex_);
  void drop(const Line& line) noexcept SKERRY_REQUIRES(mutex_);
  void run() noexcept;
  void write_first() noexcept SKERRY_REQUIRES(mutex_);

  const int descriptor_;
  const Format format_;
  const size_t capacity_;
  mutable Mutex mutex_; // never held while a write waits
  Condition wake_;      // for the thread: a line is queued, or the sink is being destroyed
  Condition idle_;      // for `flush`
  /// While the queue has lines, only the thread removes any. It writes the first line without the lock.
  std::deque<Line> queue_ SKERRY_GUARDED_BY(mutex_);
  size_t queued_bytes_ SKERRY_GUARDED_BY(mutex_) = 0;
  bool stopping_ SKERRY_GUARDED_BY(mutex_) = false;
  Clock::time_point give_up_ SKERRY_GUARDED_BY(mutex_) = Clock::time_point::max();
  uint64_t dropped_ SKERRY_GUARDED_BY(mutex_) = 0;
  uint64_t untold_ SKERRY_GUARDED_BY(mutex_) = 0; // dropped lines that no line has told of yet
  std::thread thread_;                            // started while mutex_ is held
};

} // namespace skerry::host
