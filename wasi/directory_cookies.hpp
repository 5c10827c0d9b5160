// DirectoryCookies: the numbers by which a program names places in a directory that it lists.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

namespace skerry::wasi {

/// Gives each position of the file system (platform::Entry::position) a cookie. C libraries keep cookies in a
/// `long` of 32 bits for telldir, but positions can have 63 bits: those of ext4 are hashes. Therefore cookies
/// are below 2^31 as far as the memory allows:
///
///   0, 1               the entries "." and ".." (see readdir.cpp)
///   below 2^30         the position + 2
///   2^30 + n           the n-th of the larger positions, which this class remembers
///   2^63 | position    a larger position for which there was no room
///
/// A cookie stands for the same position as long as the object lives, whatever is added to the directory or
/// removed from it meanwhile.
class DirectoryCookies {
public:
  /// The cookie of position 0, where the system's entries begin.
  static constexpr uint64_t first = 2;
  /// How many of the larger positions are remembered, at most, and the memory that each of them takes.
  static constexpr size_t most_positions = size_t{1} << 15;
  static constexpr size_t bytes_per_position = 16;

  /// Returns the cookie of a position. Remembers no further position if all of them would then take more than
  /// `room` bytes.
  uint64_t cookie_of(uint64_t position, size_t room);
  /// Returns the position of a cookie. Empty for 0 and 1, and for numbers that cookie_of can never have
  /// returned.
  std::optional<uint64_t> position_of(uint64_t cookie) const noexcept;
  /// The memory that the remembered positions take.
  size_t bytes() const noexcept { return slots_.size() / slots_per_position * bytes_per_position; }
  /// Whether cookie_of needs more memory to remember another position.
  bool is_full() const noexcept { return positions_.size() * slots_per_position == slots_.size(); }

private:
  static constexpr size_t slots_per_position = 2; // so that half of the slots are free

  size_t slot_of(uint64_t position) const noexcept;
  bool grow(size_t room);

  std::vector<uint64_t> positions_; // in the order in which they were met
  std::vector<uint32_t> slots_;     // a hash table: the number of a position, counted from 1; 0 is free
};

} // namespace skerry::wasi
