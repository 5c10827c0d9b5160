#include "host/guest/guest_output.hpp"

#include "host/platform/standard_streams.hpp"
#include "host/support/as_text.hpp"
#include "skerry/printable.hpp"
#include "skerry/wasi/host_output.hpp"

#include <array>
#include <string>

namespace skerry::host {

std::string_view log_level_name(LogLevel level) noexcept {
  constexpr std::array<std::string_view, 5> names{"trace", "debug", "info", "warn", "error"};
  return names[static_cast<size_t>(level)];
}

void pass_output(const GuestOutput& to, std::string_view plugin, std::span<const std::byte> bytes,
                 GuestDeadline deadline) {
  if (to) return to(plugin, bytes);
  (void)wasi::write_before(deadline, platform::standard_error, as_text(bytes));
}

void pass_log_line(const GuestLog& to, std::string_view plugin, LogLevel level, std::string_view text,
                   GuestDeadline deadline) {
  if (to) return to(plugin, level, text);
  std::string line;
  line.append(printable(plugin)).append(": ").append(log_level_name(level)).append(": ");
  line.append(printable_lines(text, longest_printed_message)).append("\n"); // `text` has no newline
  (void)wasi::write_before(deadline, platform::standard_error, line);
}

} // namespace skerry::host
