#include "vm/base/byte_writer.hpp"

#include <algorithm>

namespace skerry::vm {

void ByteWriter::make_room(size_t more) {
  constexpr size_t least = 64, large = 65'536;
  const size_t size = bytes_.size();
  bytes_.reserve(size + std::max({more, least, size < large ? size : size / 4}));
}

void ByteWriter::leb_u64(uint64_t value) {
  while (value >= 0x80) {
    u8(static_cast<uint8_t>(value | 0x80));
    value >>= 7;
  }
  u8(static_cast<uint8_t>(value));
}

void ByteWriter::leb_s64(int64_t value) {
  while (value < -0x40 || value >= 0x40) {
    u8(static_cast<uint8_t>(value | 0x80));
    value >>= 7;
  }
  u8(static_cast<uint8_t>(value & 0x7f));
}

void ByteWriter::fixed_u32(uint32_t value) {
  for (unsigned shift = 0; shift < 32; shift += 8) u8(static_cast<uint8_t>(value >> shift));
}

void ByteWriter::fixed_u64(uint64_t value) {
  for (unsigned shift = 0; shift < 64; shift += 8) u8(static_cast<uint8_t>(value >> shift));
}

} // namespace skerry::vm
