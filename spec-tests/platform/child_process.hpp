// ChildProcess: a copy of this process that runs a function and sends text to this process.
#pragma once

#include "skerry/expected.hpp"
#include "vm/platform/owned_fd.hpp"

#include <chrono>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>

namespace skerry::platform {

/// Move-only. On a system that cannot copy processes, `start` fails; `skerry wast --no-fork` works there,
/// because it needs no child process.
class ChildProcess {
public:
  /// Sends text from the child to its parent. The text is lost if the parent no longer reads.
  using Send = std::function<void(std::string_view text)>;

  /// Starts a child that runs `work` on a copy of this thread and its memory, and then exits with status 0.
  static Expected<ChildProcess, std::error_code> start(const std::function<void(const Send&)>& work);
  /// Makes an object without a child.
  ChildProcess() = default;
  ChildProcess(ChildProcess&& other) noexcept
      : number_(std::exchange(other.number_, -1)), pipe_(std::move(other.pipe_)) {}
  ChildProcess& operator=(ChildProcess&& other) noexcept {
    std::swap(number_, other.number_);
    std::swap(pipe_, other.pipe_);
    return *this;
  }
  /// Kills the child if it is still running.
  ~ChildProcess();

  /// True from `start` until `wait_for_end` has returned.
  bool has_child() const noexcept { return number_ > 0; }
  /// Appends to `received` a part of the text that the child has sent, without waiting. Returns false if
  /// the child has ended and all its text has been received.
  bool receive(std::string& received);
  /// Ends the child at once, even if it hangs.
  void kill() noexcept;
  /// Waits until the child has ended. Returns why it ended, such as "Segmentation fault"; nothing if its
  /// function `work` has returned.
  std::optional<std::string> wait_for_end();

  /// Waits until one of the children has sent text or ended, or until `time` has passed. May return earlier.
  static void wait_for_any(std::span<const ChildProcess* const> children, std::chrono::milliseconds time);

private:
  int number_ = -1;
  OwnedFd pipe_;
};

} // namespace skerry::platform
