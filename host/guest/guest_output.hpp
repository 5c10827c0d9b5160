// Passes what guests print and log to the embedder's functions or to the host's log. Internal.
#pragma once

#include "host/support/log_sink.hpp"
#include "skerry/host/plugin_output.hpp"

#include <cstddef>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <string_view>

namespace skerry::host {

/// Receives the output of guests: the embedder's functions, which may be empty, and the host's log.
struct GuestSinks {
  GuestOutput output;
  GuestLog log;
  std::shared_ptr<LogSink> host_log;

  /// Passes one line to the embedder's `log`. If `log` is empty, writes it to the host's log as a
  /// guest_line.
  void pass_line(std::string_view plugin, LogLevel level, std::string_view text) const;
};

/// Cuts the output of one stream of a guest into lines.
class GuestLines {
public:
  using Line = std::function<void(std::string_view)>;
  /// Passes each line that `bytes` ends to `line`, without its newline, and keeps the rest. A line of more
  /// than `longest_line` bytes is passed in pieces.
  void add(std::string_view bytes, const Line& line);
  /// Passes what is left of an unfinished line.
  void end(const Line& line);

  static constexpr size_t longest_line = 16'000; // less than longest_printed_message, with the plugin's name

private:
  std::string rest_;
};

} // namespace skerry::host
