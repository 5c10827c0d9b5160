// The deadline for loading a module.
#pragma once

#include "skerry/config.hpp"
#include "skerry/module.hpp"

#include <cstdint>

namespace skerry::vm {

/// Checks the deadline after each piece of work, which is counted in bytes of the module or its text.
class LoadWatch {
public:
  LoadWatch(const CompileOptions& options, const Config& config)
      : deadline_(options.deadline), clock_(config.clock) {}
  explicit LoadWatch(std::chrono::steady_clock::time_point deadline) : deadline_(deadline) {}
  /// A watch that never expires.
  LoadWatch() = default;

  /// Charges work. Returns false if the deadline has passed.
  [[nodiscard]] bool spend(uint64_t bytes) {
    left_ -= static_cast<int64_t>(bytes);
    return left_ > 0 || look();
  }
  bool has_expired() const { return has_expired_; }

private:
  static constexpr int64_t piece_bytes = 65'536; // about 0.2 ms
  using Clock = std::chrono::steady_clock;

  bool look() {
    left_ = piece_bytes;
    if (deadline_ == Clock::time_point::max()) return true;
    has_expired_ |= (clock_ ? clock_() : Clock::now()) >= deadline_;
    return !has_expired_;
  }

  Clock::time_point deadline_ = Clock::time_point::max();
  std::function<Clock::time_point()> clock_;
  int64_t left_ = 0;
  bool has_expired_ = false;
};

} // namespace skerry::vm
