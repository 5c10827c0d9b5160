// Choices: a fuzz input as a source of decisions. After its end every choice is 0.
#pragma once

#include <cstddef>
#include <cstdint>

namespace skerry::fuzz {

class Choices {
public:
  Choices(const uint8_t* data, size_t size) : at_(data), end_(data + size) {}
  bool at_end() const { return at_ == end_; }
  uint8_t byte() { return at_ == end_ ? uint8_t{0} : *at_++; }
  /// From 0 to limit - 1; limit is at most 65536.
  uint32_t below(uint32_t limit) {
    uint32_t value = byte();
    if (limit > 256) value = value << 8 | byte();
    return value % limit;
  }

private:
  const uint8_t* at_;
  const uint8_t* end_;
};

} // namespace skerry::fuzz
