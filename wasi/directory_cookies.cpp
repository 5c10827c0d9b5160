#include "wasi/directory_cookies.hpp"

#include <algorithm>

namespace skerry::wasi {

namespace {

constexpr uint64_t first_remembered = uint64_t{1} << 30;
constexpr uint64_t past_remembered = uint64_t{1} << 31;
constexpr uint64_t position_flag = uint64_t{1} << 63;
constexpr size_t fewest_positions = 16;

// The finalizer of MurmurHash3: positions that differ in a few bits only get different slots.
uint64_t mixed(uint64_t position) noexcept {
  position = (position ^ (position >> 33)) * 0xff51afd7ed558ccd;
  return position ^ (position >> 33);
}

} // namespace

// Returns the slot of a position, or the free slot where it belongs. There must be slots.
size_t DirectoryCookies::slot_of(uint64_t position) const noexcept {
  const size_t mask = slots_.size() - 1;
  size_t slot = mixed(position) & mask;
  while (slots_[slot] != 0 && positions_[slots_[slot] - 1] != position) slot = (slot + 1) & mask;
  return slot;
}

// Doubles the memory. Returns false if it would then exceed `room` or the limit of one directory.
bool DirectoryCookies::grow(size_t room) {
  const size_t wanted = std::max(fewest_positions, 2 * positions_.size());
  if (wanted > most_positions || wanted * bytes_per_position > room) return false;
  positions_.reserve(wanted);
  slots_ = std::vector<uint32_t>(wanted * slots_per_position);
  for (size_t i = 0; i < positions_.size(); ++i)
    slots_[slot_of(positions_[i])] = static_cast<uint32_t>(i + 1);
  return true;
}

uint64_t DirectoryCookies::cookie_of(uint64_t position, size_t room) {
  if (position < first_remembered - first) return position + first;
  const uint32_t known = slots_.empty() ? 0 : slots_[slot_of(position)];
  if (known != 0) return first_remembered + known - 1;
  if (is_full() && !grow(room)) return position_flag | position;
  positions_.push_back(position);
  slots_[slot_of(position)] = static_cast<uint32_t>(positions_.size());
  return first_remembered + positions_.size() - 1;
}

std::optional<uint64_t> DirectoryCookies::position_of(uint64_t cookie) const noexcept {
  if (cookie < first) return std::nullopt;
  if (cookie < first_remembered) return cookie - first;
  if ((cookie & position_flag) != 0) return cookie & ~position_flag;
  const uint64_t number = cookie - first_remembered;
  if (cookie >= past_remembered || number >= positions_.size()) return std::nullopt;
  return positions_[static_cast<size_t>(number)];
}

} // namespace skerry::wasi
