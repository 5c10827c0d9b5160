// The host function log.
#include "host/guest/functions.hpp"

#include <algorithm>
#include <string_view>

namespace skerry::host::functions {

namespace {

constexpr uint64_t line_price = 16; // fuel that a line costs, besides its bytes

LogLevel level_of(int32_t level) { return static_cast<LogLevel>(std::clamp(level, 0, 4)); }

/// Returns the length of the text's first line. Searches the text in pieces and charges fuel for each piece,
/// because a guest's line may be as long as its memory.
size_t line_length(HostMeter& meter, std::string_view text) {
  constexpr size_t piece_bytes = HostMeter::look_units * HostMeter::bytes_per_unit;
  for (size_t at = 0; at < text.size(); at += piece_bytes) {
    const std::string_view piece = text.substr(at, piece_bytes);
    const size_t end = std::min(piece.find('\n'), piece.size());
    if (meter.spend_bytes(end) || end < piece.size()) return at + end;
  }
  return text.size();
}

/// Calls `write` for each line of the text. Lines beyond the call's limits are counted as dropped instead.
void log_lines(HostCall& call, std::string_view text, const auto& write) {
  CallState& state = call.state();
  while (!text.empty() && !call.meter.spend(line_price)) {
    const size_t end = line_length(call.meter, text);
    if (call.meter.stop) return;
    std::string_view line = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    if (state.log_lines_left == 0 || line.size() > state.log_bytes_left) {
      ++state.lines_dropped;
      continue;
    }
    --state.log_lines_left;
    state.log_bytes_left -= line.size();
    write(line);
  }
}

} // namespace

void log(HostCall& call, i32 level, i32 address, i32 length) {
  const auto text = call.text_or_trap(address, length);
  if (!text) return;
  log_lines(call, *text, [&](std::string_view line) {
    call.services.sinks.pass_line(call.manifest.meta.name, level_of(static_cast<int32_t>(level)), line);
  });
}

} // namespace skerry::host::functions
