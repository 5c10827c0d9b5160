#include "host/cli/progress.hpp"

#include "host/cli/output.hpp"
#include "host/platform/standard_streams.hpp"
#include "host/platform/terminal.hpp"
#include "skerry/printable.hpp"

namespace skerry::host::cli {

namespace {

constexpr std::chrono::milliseconds before_first{1000}, between{100};
constexpr size_t longest = 78; // a longer line would wrap, and could not be removed
constexpr std::string_view remove_line = "\r\x1b[K";

} // namespace

Progress::Progress()
    : is_terminal_(platform::is_terminal(platform::standard_error)), next_(Clock::now() + before_first) {}

void Progress::show(std::string_view text) {
  if (!is_terminal_ || Clock::now() < next_) return;
  next_ = Clock::now() + between;
  is_shown_ = true;
  write_stderr(std::string(remove_line) + printable(text, longest));
}

void Progress::hide() {
  if (!is_shown_) return;
  is_shown_ = false;
  next_ = Clock::now();
  write_stderr(remove_line);
}

} // namespace skerry::host::cli
