// Backtrace: the frames of a call that ends, and the position of each in its module.
#pragma once

#include "vm/exec/frame_walk.hpp"

#include <optional>
#include <vector>

namespace skerry::vm {

/// Describes the activation that was saved last. The position of an instruction in the module is in
/// the side table of its function, for which the function is translated again at the first error in it. That
/// is work for the guest, so it ends at the deadline. Positions that have not been found by then remain
/// unknown.
class Backtrace {
public:
  /// `why` is the reason why the call ends, unless that is a trap. After an interrupt little time is left.
  explicit Backtrace(Store& store, ErrorCode why = ErrorCode::none);
  /// Returns the location of the instruction that ended the call, or nothing if there was no time to find it.
  std::optional<CodeLocation> innermost();
  std::vector<Frame> frames();

private:
  /// Locates all frames that run the same code as this one, unless that has been tried before.
  void locate(size_t index);
  Frame describe(size_t index) const;

  WorkMeter meter_;
  std::vector<FramePosition> positions_; // innermost first
  std::vector<std::optional<CodeLocation>> locations_;
  std::vector<bool> tried_;
};

} // namespace skerry::vm
