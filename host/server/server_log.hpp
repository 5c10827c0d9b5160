// The log of the server. Internal.
#pragma once

#include "host/support/log_sink.hpp"
#include "skerry/host/plugin_error.hpp"
#include "skerry/host/reload.hpp"

#include <string_view>

namespace skerry::host::server {

/// Writes one line for each event to standard error: as text, "skerry: event: text", or as JSON. Texts of
/// clients and plugins are escaped. Lines that cannot be written at once are queued or dropped, so that a
/// full pipe stops nothing. Thread-safe.
class ServerLog {
public:
  explicit ServerLog(bool json);

  void line(std::string_view event, std::string_view text, const PluginError* error = nullptr);
  /// Logs a step of a reload. In the JSON format, logs every step. In the text format, logs only failed steps
  /// and swaps, because only these concern an operator.
  void reload(const ReloadEvent& event);
  /// Logs a line that a plugin passed to `log` or printed. `level` is "output" for printed lines. In the text
  /// format the line is a guest_line.
  void guest(std::string_view plugin, std::string_view level, std::string_view text);
  /// Waits a moment for lines that are not written yet. For use before the process ends at once.
  void flush() noexcept { sink_.flush(LogSink::Clock::now() + LogSink::flush_time); }
  uint64_t dropped_lines() const noexcept { return sink_.dropped(); }

private:
  const bool json_;
  LogSink sink_;
};

} // namespace skerry::host::server
