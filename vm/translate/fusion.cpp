#include "vm/translate/fusion.hpp"

#include <algorithm>
#include <cstring>
#include <vector>

namespace skerry::vm {

/// From the end to the front: the sequence that leaves the fewest dispatches to the end of the code. Which
/// instructions control falls out of does not matter: a sequence ends with them.
void fuse_sequences(std::byte* code, std::span<const uint32_t> starts, const SequenceTable& sequences) {
  // Of the three instructions behind the current one: their handlers before fusion, and the dispatches from
  // there.
  Handler next = nullptr, second_next = nullptr;
  uint32_t from_next = 0, from_second = 0, from_third = 0;
  for (size_t i = starts.size(); i-- > 0;) {
    Handler own;
    std::memcpy(&own, code + starts[i], sizeof own);
    uint32_t best = from_next + 1;
    Handler chosen = own;
    const Handler two = next == nullptr ? nullptr : sequences.find(own, next);
    if (two != nullptr) {
      if (from_second + 1 <= best) best = from_second + 1, chosen = two;
      const Handler three = second_next == nullptr ? nullptr : sequences.find(two, second_next);
      if (three != nullptr && from_third + 1 <= best) best = from_third + 1, chosen = three;
    }
    if (chosen != own) std::memcpy(code + starts[i], &chosen, sizeof chosen);
    from_third = from_second, from_second = from_next, from_next = best;
    second_next = next, next = own;
  }
}

} // namespace skerry::vm
