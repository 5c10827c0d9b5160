// LEB128 numbers and UTF-8 against decoders that follow the specification's grammar literally.
#include "fuzz/target.hpp"
#include "vm/base/byte_reader.hpp"
#include "vm/base/byte_writer.hpp"
#include "vm/base/utf8.hpp"

#include <optional>
#include <span>
#include <string_view>

namespace {

using skerry::vm::ByteReader;
using skerry::vm::ByteWriter;
__extension__ using Int128 = __int128;

struct Number {
  Int128 value;
  size_t size;
};

/// Spec §5.2.2: unsigned and signed integers of `bits` bits.
std::optional<Number> decode_leb(std::span<const uint8_t> bytes, unsigned bits, bool is_signed) {
  const size_t longest = (bits + 6) / 7;
  Int128 value = 0;
  for (size_t i = 0; i < bytes.size() && i < longest; ++i) {
    value |= static_cast<Int128>(bytes[i] & 0x7f) << (7 * i);
    if (bytes[i] & 0x80) continue;
    if (is_signed && (bytes[i] & 0x40)) value -= static_cast<Int128>(1) << (7 * (i + 1));
    const Int128 least = is_signed ? -(static_cast<Int128>(1) << (bits - 1)) : 0;
    const Int128 most = (static_cast<Int128>(1) << (is_signed ? bits - 1 : bits)) - 1;
    if (value < least || value > most) return std::nullopt;
    return Number{value, i + 1};
  }
  return std::nullopt;
}

template <class Read>
void check_leb(std::span<const uint8_t> bytes, unsigned bits, bool is_signed, const Read& read) {
  ByteReader reader(std::as_bytes(bytes));
  const auto value = read(reader);
  const std::optional<Number> expected = decode_leb(bytes, bits, is_signed);
  FUZZ_CHECK(reader.ok() == expected.has_value());
  if (!expected) {
    FUZZ_CHECK(value == 0 && reader.remaining() == 0 && reader.error().offset() <= bytes.size());
    return;
  }
  FUZZ_CHECK(static_cast<Int128>(value) == expected->value && reader.offset() == expected->size);

  ByteWriter writer;
  is_signed ? writer.leb_s64(static_cast<int64_t>(expected->value))
            : writer.leb_u64(static_cast<uint64_t>(expected->value));
  ByteReader again(writer.view());
  FUZZ_CHECK(read(again) == value && again.at_end() && writer.size() <= expected->size);
}

/// Spec §5.2.4: the number of bytes of the scalar value that `text` begins with, 0 when it begins with none.
size_t scalar_size(std::span<const uint8_t> text) {
  const uint8_t lead = text[0];
  const size_t size = lead < 0x80   ? 1
                      : lead < 0xc0 ? 0
                      : lead < 0xe0 ? 2
                      : lead < 0xf0 ? 3
                      : lead < 0xf8 ? 4
                                    : 0;
  if (size == 0 || size > text.size()) return 0;
  if (size == 1) return 1;
  uint32_t scalar = lead & (0x7f >> size);
  for (const uint8_t next : text.subspan(1, size - 1)) {
    if ((next & 0xc0) != 0x80) return 0;
    scalar = scalar << 6 | (next & 0x3f);
  }
  constexpr uint32_t least[] = {0, 0, 0x80, 0x800, 0x10000};
  if (scalar < least[size] || scalar > 0x10ffff || (scalar >= 0xd800 && scalar < 0xe000)) return 0;
  return size;
}

bool is_utf8(std::span<const uint8_t> text) {
  while (!text.empty()) {
    const size_t size = scalar_size(text);
    if (size == 0) return false;
    text = text.subspan(size);
  }
  return true;
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::span bytes(data, size);
  check_leb(bytes, 32, false, [](ByteReader& r) { return r.leb_u32(); });
  check_leb(bytes, 64, false, [](ByteReader& r) { return r.leb_u64(); });
  check_leb(bytes, 32, true, [](ByteReader& r) { return r.leb_s32(); });
  check_leb(bytes, 33, true, [](ByteReader& r) { return r.leb_s33(); });
  check_leb(bytes, 64, true, [](ByteReader& r) { return r.leb_s64(); });

  const std::string_view text(reinterpret_cast<const char*>(data), size);
  FUZZ_CHECK(skerry::vm::is_utf8(text) == is_utf8(bytes));
  ByteReader reader(std::as_bytes(bytes));
  const std::string_view name = reader.name();
  FUZZ_CHECK(name.size() <= size && (reader.ok() || name.empty()) && skerry::vm::is_utf8(name));
  return 0;
}
