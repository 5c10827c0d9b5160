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

/// Move-only. A system that cannot copy processes fails in `start`; `skerry wast --no-fork` needs no child
/// process.
class ChildProcess {
public:
  /// Sends text from the child to this process. Text is lost if this process no longer reads.
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

  /// True until `wait_for_end`.
  bool has_child() const noexcept { return number_ > 0; }
  /// Adds some of the text that the child has sent to `received`, without waiting. Returns false if the child
  /// has ended and there is no more text.
  bool receive(std::string& received);
  /// Ends the child, whatever it does.
  void kill() noexcept;
  /// Waits until the child has ended. Returns why, such as "Segmentation fault"; nothing if it returned from
  /// its function.
  std::optional<std::string> wait_for_end();

  /// Waits until one of the children has sent text or ended, or until `time` has passed. May return earlier.
  static void wait_for_any(std::span<const ChildProcess* const> children, std::chrono::milliseconds time);

private:
  int number_ = -1;
  OwnedFd pipe_;
};

} // namespace skerry::platform
