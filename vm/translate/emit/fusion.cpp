#include "vm/translate/emit/fusion.hpp"

#include <algorithm>
#include <cstring>

namespace skerry::vm {

/// For each instruction, chooses the sequence that begins there and leaves the fewest dispatches up to the
/// end of the code. An instruction after which control never falls through needs no special case, because it
/// can only be the last one of a sequence. The loop does not branch on whether a sequence exists, because
/// such a branch would be unpredictable.
void Fusion::fuse(std::span<const InstructionStart> starts) {
  HandlerNumber next = next_, second_next = second_next_;
  uint32_t from_next = from_next_, from_second = from_second_, from_third = from_third_;
  for (size_t i = starts.size(); i-- > 0;) {
    const auto [at, own] = starts[i];
    const HandlerNumber two = sequences_.find(own, next), three = sequences_.find(two, second_next);
    HandlerNumber chosen = 0;
    uint32_t best = from_next;
    const auto consider = [&](HandlerNumber fused, uint32_t from) {
      const uint32_t rest = choose(fused == 0, ~uint32_t{0}, from);
      chosen = choose(rest <= best, fused, chosen);
      best = std::min(best, rest);
    };
    consider(two, from_second);
    consider(three, from_third);
    Handler handler;
    std::memcpy(&handler, code_ + at, sizeof handler);
    handler = choose(chosen == 0, handler, sequences_.handler_of(chosen));
    std::memcpy(code_ + at, &handler, sizeof handler);
    from_third = from_second, from_second = from_next, from_next = best + 1;
    second_next = next, next = own;
  }
  next_ = next, second_next_ = second_next;
  from_next_ = from_next, from_second_ = from_second, from_third_ = from_third;
}

} // namespace skerry::vm
