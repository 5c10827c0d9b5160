// Backtrace: the frames of a call that ends with an error, and the position of each frame in its module.
#pragma once

#include "vm/exec/frame_walk.hpp"

#include <optional>
#include <vector>

namespace skerry::vm {

/// Describes the activation whose state is in store.run. The side table of a function maps its code to
/// positions in the module. If the module does not have the side table yet, the function is translated again
/// to make it. The guest caused this work, so the work stops at the deadline, and the remaining positions are
/// unknown.
class Backtrace {
public:
  /// `why` is the reason why the call ends; none stands for a trap. After an interrupt, the search for
  /// positions stops at its first check.
  explicit Backtrace(Store& store, ErrorCode why = ErrorCode::none);
  /// Returns the location of the instruction that ended the call, or nothing if the deadline passed before it
  /// was found.
  std::optional<CodeLocation> innermost();
  std::vector<Frame> frames();

private:
  /// Finds the locations of frame `index` and of all frames that run the same code. Does nothing if that has
  /// already been tried.
  void locate(size_t index);
  Frame describe(size_t index) const;

  WorkMeter meter_;
  std::vector<FramePosition> positions_; // innermost first
  std::vector<std::optional<CodeLocation>> locations_;
  std::vector<bool> tried_;
};

} // namespace skerry::vm
