#include "host/support/log_sink.hpp"

#include "host/support/out_of_memory.hpp"
#include "skerry/printable.hpp"
#include "skerry/wasi/host_output.hpp"

#include <algorithm>
#include <limits>
#include <utility>

namespace skerry::host {

namespace {

/// The time for which the thread waits for a full stream before it looks whether the sink is being destroyed.
constexpr std::chrono::milliseconds turn{100};
constexpr size_t unlimited = std::numeric_limits<size_t>::max() / 2;

std::string dropped_text(uint64_t count, LogSink::Format format) {
  const std::string number = std::to_string(count);
  if (format == LogSink::Format::json) return R"({"event":"log lines dropped","count":)" + number + "}\n";
  return "skerry: " + number + (count == 1 ? " log line was" : " log lines were") + " dropped\n";
}

} // namespace

LogSink::LogSink(int descriptor, Format format, size_t capacity)
    : descriptor_(descriptor), format_(format), capacity_(capacity) {}

LogSink::~LogSink() {
  {
    const Lock lock(mutex_);
    stopping_ = true;
    give_up_ = Clock::now() + flush_time;
  }
  wake_.notify_one();
  if (thread_.joinable()) thread_.join();
}

void LogSink::line(std::string_view text) noexcept {
  unless_out_of_memory(
      [&] {
        std::string line = printable(text, format_ == Format::json ? unlimited : longest_line);
        line += '\n';
        add(std::move(line));
      },
      [&] {
        const Lock lock(mutex_);
        drop({});
      });
}

void LogSink::add(std::string line) {
  const Lock lock(mutex_);
  const bool is_too_long = format_ == Format::json && line.size() > longest_line;
  if (is_too_long || queued_bytes_ + line.size() > capacity_) return drop({});
  const bool was_idle = queue_.empty();
  if (untold_ != 0) tell_dropped();
  queue_.push_back({std::move(line)});
  queued_bytes_ += queue_.back().text.size();
  if (was_idle) write_now();
  if (!queue_.empty()) start_or_wake();
}

/// Writes as much of the queue as the stream takes without waiting.
void LogSink::write_now() noexcept {
  while (!queue_.empty()) {
    std::string& text = queue_.front().text;
    const size_t written = wasi::write_part_before(Clock::time_point::min(), descriptor_, text);
    queued_bytes_ -= written;
    text.erase(0, written);
    if (!text.empty()) return;
    queue_.pop_front();
  }
}

/// If the system has no thread left, the queued lines wait for the next line.
void LogSink::start_or_wake() noexcept {
  unless_out_of_memory(
      [&] {
        if (!thread_.joinable()) thread_ = start_thread([this] { run(); });
      },
      [] {});
  wake_.notify_one();
}

void LogSink::tell_dropped() {
  queue_.push_back({dropped_text(untold_, format_), true});
  queued_bytes_ += queue_.back().text.size();
  untold_ = 0;
}

void LogSink::drop(const Line& line) noexcept {
  if (line.is_own) return;
  ++dropped_;
  ++untold_;
}

/// Drops all lines, because the stream has failed.
void LogSink::drop_all() noexcept {
  for (const Line& line : queue_) drop(line);
  queue_.clear();
  queued_bytes_ = 0;
}

void LogSink::run() noexcept {
  Lock lock(mutex_);
  for (;;) {
    while (queue_.empty() && !stopping_) wake_.wait(lock);
    if (queue_.empty() || Clock::now() >= give_up_) break;
    write_first();
    if (queue_.empty()) idle_.notify_all();
  }
}

/// Writes the first line or, if the stream stays full, a part of it.
void LogSink::write_first() noexcept {
  std::string& text = queue_.front().text;
  const auto end = std::min(Clock::now() + turn, give_up_);
  mutex_.unlock();
  const size_t written = wasi::write_part_before(end, descriptor_, text);
  const bool has_failed = written < text.size() && Clock::now() < end;
  mutex_.lock();
  if (has_failed) return drop_all();
  queued_bytes_ -= written;
  text.erase(0, written);
  if (text.empty()) queue_.pop_front();
  if (!queue_.empty() || untold_ == 0) return;
  unless_out_of_memory(
      [&] {
        mutex_.is_held();
        tell_dropped();
      },
      [] {});
}

bool LogSink::flush(Clock::time_point deadline) noexcept {
  Lock lock(mutex_);
  while (!queue_.empty())
    if (!idle_.wait_until(lock, deadline)) return queue_.empty();
  return true;
}

uint64_t LogSink::dropped() const noexcept {
  const Lock lock(mutex_);
  return dropped_;
}

} // namespace skerry::host
