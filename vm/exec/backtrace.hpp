// Backtrace: the frames of a call that ends, and where in its module each of them is.
#pragma once

#include "vm/exec/frame_walk.hpp"

#include <optional>
#include <vector>

namespace skerry::vm {

/// Of the activation that was saved last. Where an instruction is in the module is learned by translating its
/// function again: each function once, however many frames it has. That is work for the guest, which ends
/// with the deadline: what has not been found by then stays unknown.
class Backtrace {
public:
  /// `why`: what ends the call, when it was no trap: after an interrupt there is little time.
  explicit Backtrace(Store& store, ErrorCode why = ErrorCode::none);
  /// Of the instruction that ended the call; nothing when there was no time to find it.
  std::optional<CodeLocation> innermost();
  std::vector<Frame> frames();

private:
  /// The frames that run the same code as this one, unless that has been tried.
  void locate(size_t index);
  Frame describe(size_t index) const;

  WorkMeter meter_;
  std::vector<FramePosition> positions_; // innermost first
  std::vector<std::optional<CodeLocation>> locations_;
  std::vector<bool> tried_;
};

} // namespace skerry::vm
