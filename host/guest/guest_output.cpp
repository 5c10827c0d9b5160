#include "host/guest/guest_output.hpp"

#include "host/support/guest_line.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace skerry::host {

std::string_view log_level_name(LogLevel level) noexcept {
  constexpr std::array<std::string_view, 6> names{"trace", "debug", "info", "warn", "error", "output"};
  return names[static_cast<size_t>(level)];
}

void GuestSinks::pass_line(std::string_view plugin, LogLevel level, std::string_view text) const {
  if (log) return log(plugin, level, text);
  host_log->line(guest_line(plugin, log_level_name(level), text));
}

void GuestLines::add(std::string_view bytes, const Line& line) {
  while (!bytes.empty()) {
    const size_t room = longest_line - rest_.size();
    const size_t newline = bytes.substr(0, room + 1).find('\n');
    const bool is_whole = newline != bytes.npos;
    const size_t taken = is_whole ? newline : std::min(room, bytes.size());
    rest_.append(bytes.substr(0, taken));
    bytes.remove_prefix(taken + (is_whole ? 1 : 0));
    if (is_whole || rest_.size() == longest_line) line(std::exchange(rest_, {}));
  }
}

void GuestLines::end(const Line& line) {
  if (!rest_.empty()) line(std::exchange(rest_, {}));
}

} // namespace skerry::host
