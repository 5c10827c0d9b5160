// The limits on the work of loading a module: its deadline, and the engine's memory budget.
#pragma once

#include "skerry/budget.hpp"
#include "skerry/config.hpp"
#include "skerry/module.hpp"
#include "vm/base/limit_error.hpp"

#include <cstdint>
#include <optional>
#include <utility>

namespace skerry::vm {

/// A watch is used for one piece of work, on one thread. After the first refusal it refuses everything.
class LoadWatch {
public:
  LoadWatch(const CompileOptions& options, const Config& config, ByteBudget& engine_budget)
      : deadline_(options.deadline), clock_(config.clock), budget_(&engine_budget) {}
  explicit LoadWatch(std::chrono::steady_clock::time_point deadline) : deadline_(deadline) {}
  /// A watch that never refuses.
  LoadWatch() = default;
  LoadWatch(const LoadWatch&) = delete;
  LoadWatch& operator=(const LoadWatch&) = delete;
  ~LoadWatch() {
    if (held_ > 0) budget_->give_back(held_);
  }

  /// Charges work, counted in bytes of the module or of its text. Returns false if the work must end, for
  /// example because the deadline has passed.
  [[nodiscard]] bool spend(uint64_t bytes) {
    left_ -= static_cast<int64_t>(bytes);
    return left_ > 0 || look();
  }
  /// Charges memory to the engine's budget. `bytes` is what the whole work may hold from now on, including
  /// the bytes already charged. The watch's destructor gives all charged bytes back. Returns false if the
  /// budget does not have enough bytes left, or if the watch has refused work before.
  [[nodiscard]] bool hold(uint64_t bytes) {
    if (bytes <= held_ || budget_ == nullptr) return !error_;
    if (!budget_->take(bytes - held_)) return refuse(limit_error("engine_budget", *budget_, bytes - held_));
    held_ = bytes;
    return !error_;
  }
  /// Why the work was refused; empty if it was not.
  const std::optional<Error>& error() const { return error_; }

private:
  static constexpr int64_t piece_bytes = 65'536; // bytes of work between two checks of the deadline: about
                                                 // 0.2 ms
  using Clock = std::chrono::steady_clock;

  bool look() {
    left_ = piece_bytes;
    if (error_ || deadline_ == Clock::time_point::max()) return !error_;
    return (clock_ ? clock_() : Clock::now()) < deadline_ ||
           refuse(Error::trap(ErrorCode::deadline_exceeded));
  }
  bool refuse(Error why) {
    if (!error_) error_.emplace(std::move(why));
    left_ = 0;
    return false;
  }

  Clock::time_point deadline_ = Clock::time_point::max();
  std::function<Clock::time_point()> clock_;
  ByteBudget* budget_ = nullptr; // null: memory is not charged
  uint64_t held_ = 0;
  int64_t left_ = 0;
  std::optional<Error> error_;
};

} // namespace skerry::vm
