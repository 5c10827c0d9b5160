// TextPlaces: the places in a text from which the parts of its module come.
#pragma once

#include <algorithm>
#include <cstdint>
#include <optional>
#include <vector>

namespace skerry::vm::wat {

/// The bytes from `offset` on come from the text at offset `text`.
struct TextPlace {
  uint32_t offset, text;
};

/// The places of a whole module, by offset.
class TextPlaces {
public:
  static constexpr uint32_t unknown = ~uint32_t{0};

  /// Adds a place. `offset` must not be less than that of the place before.
  void add(uint64_t offset, uint32_t text) { places_.push_back({static_cast<uint32_t>(offset), text}); }
  /// Adds the places of a section that begin at an offset from `first` to `end`, moved by `shift` bytes.
  void add(const std::vector<TextPlace>& section, uint64_t first, uint64_t end, uint64_t shift) {
    auto place = std::ranges::lower_bound(section, first, {}, &TextPlace::offset);
    for (; place != section.end() && place->offset < end; ++place) add(place->offset + shift, place->text);
  }
  /// Returns the offset in the text of the part to which the byte at `offset` belongs.
  std::optional<uint32_t> find(uint64_t offset) const {
    const auto after = std::ranges::upper_bound(places_, offset, {}, &TextPlace::offset);
    if (after == places_.begin() || after[-1].text == unknown) return std::nullopt;
    return after[-1].text;
  }

private:
  std::vector<TextPlace> places_;
};

} // namespace skerry::vm::wat
