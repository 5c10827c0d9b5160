// Backtrace: the frames of a call that ends with an error, and the position of each frame in its module.
#pragma once

#include "vm/exec/frame_walk.hpp"

#include <optional>
#include <vector>

namespace skerry::vm {

/// Describes the activation whose state is in store.run. The side table of a function maps its code to
/// positions in the module. If the module has no side table for a function yet, Backtrace translates the
/// function again to make the table. The deadline also limits this work, because the guest caused it.
/// Positions that are not found before the deadline stay unknown.
class Backtrace {
public:
  /// `why` is the reason why the call ends; ErrorCode::none stands for a trap. If `why` is `interrupted`, the
  /// search for positions stops at the first check of its meter.
  explicit Backtrace(Store& store, ErrorCode why = ErrorCode::none);
  /// Returns the location of the instruction that ended the call, or nothing if the deadline passed before it
  /// was found.
  std::optional<CodeLocation> innermost();
  std::vector<Frame> frames();

private:
  /// Finds the locations of frame `index` and of all frames that run the same code. Does nothing if an
  /// earlier call has already tried to find them, or if the meter has refused work.
  void locate(size_t index);
  Frame describe(size_t index) const;

  WorkMeter meter_;
  std::vector<FramePosition> positions_; // innermost first
  std::vector<std::optional<CodeLocation>> locations_;
  std::vector<bool> tried_;
};

} // namespace skerry::vm
