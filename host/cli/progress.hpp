// Progress: a line on a terminal that says how far a long command is.
#pragma once

#include <chrono>
#include <string>
#include <string_view>

namespace skerry::host::cli {

/// Shows one line on standard error if that is a terminal, from the second second on. The line overwrites
/// itself, and is gone when the object is destroyed. Used by one thread.
class Progress {
public:
  using Clock = std::chrono::steady_clock;
  Progress();
  ~Progress() { hide(); }
  Progress(const Progress&) = delete;
  Progress& operator=(const Progress&) = delete;

  /// Shows `text`, unless the last one was shown less than a tenth of a second ago.
  void show(std::string_view text);
  /// Removes the line, so that other text can be written. The next `show` brings it back.
  void hide();

private:
  bool is_terminal_;
  bool is_shown_ = false;
  Clock::time_point next_; // before this time, nothing is shown
};

} // namespace skerry::host::cli
