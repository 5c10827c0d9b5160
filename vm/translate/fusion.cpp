#include "vm/translate/fusion.hpp"

#include <algorithm>
#include <cstring>

namespace skerry::vm {

/// From the end to the front: the sequence that leaves the fewest dispatches to the end of the code. Which
/// instructions control falls out of does not matter: a sequence ends with them. Without branches: whether a
/// sequence exists cannot be predicted.
void fuse_sequences(std::byte* code, std::span<const InstructionStart> starts,
                    const SequenceTable& sequences) {
  // Of the three instructions behind the current one: their numbers, and the dispatches from there.
  HandlerNumber next = 0, second_next = 0;
  uint32_t from_next = 0, from_second = 0, from_third = 0;
  for (size_t i = starts.size(); i-- > 0;) {
    const auto [at, own] = starts[i];
    const HandlerNumber two = sequences.find(own, next), three = sequences.find(two, second_next);
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
    std::memcpy(&handler, code + at, sizeof handler);
    handler = choose(chosen == 0, handler, sequences.handler_of(chosen));
    std::memcpy(code + at, &handler, sizeof handler);
    from_third = from_second, from_second = from_next, from_next = best + 1;
    second_next = next, next = own;
  }
}

} // namespace skerry::vm
