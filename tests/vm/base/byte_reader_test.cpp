#include "vm/base/byte_reader.hpp"
#include "vm/base/byte_writer.hpp"

#include "tests/catch.hpp"

#include <limits>
#include <vector>

using skerry::vm::ByteReader;
using skerry::vm::ByteWriter;

namespace {

std::vector<std::byte> raw(std::initializer_list<int> values) {
  std::vector<std::byte> bytes;
  for (int value : values) bytes.push_back(static_cast<std::byte>(value));
  return bytes;
}

template <class T> void check_round_trip(T value, void (ByteWriter::*write)(T), T (ByteReader::*read)()) {
  ByteWriter writer;
  (writer.*write)(value);
  ByteReader reader(writer.view());
  CHECK((reader.*read)() == value);
  CHECK(reader.ok());
  CHECK(reader.at_end());
}

std::string error_of(std::initializer_list<int> values, void (*read)(ByteReader&)) {
  const auto bytes = raw(values);
  ByteReader reader(bytes, 100);
  read(reader);
  REQUIRE_FALSE(reader.ok());
  CHECK(reader.error().kind() == skerry::ErrorKind::malformed);
  return reader.error().message() + " @" + std::to_string(reader.error().offset());
}

} // namespace

TEST_CASE("LEB128 numbers read as they were written") {
  for (unsigned bit = 0; bit < 64; ++bit) {
    for (const uint64_t near : {uint64_t{0}, ~uint64_t{0}, uint64_t{1}}) {
      const uint64_t value = (uint64_t{1} << bit) + near;
      check_round_trip<uint64_t>(value, &ByteWriter::leb_u64, &ByteReader::leb_u64);
      check_round_trip<int64_t>(static_cast<int64_t>(value), &ByteWriter::leb_s64, &ByteReader::leb_s64);
      check_round_trip<uint32_t>(static_cast<uint32_t>(value), &ByteWriter::leb_u32, &ByteReader::leb_u32);
      check_round_trip<int32_t>(static_cast<int32_t>(value), &ByteWriter::leb_s32, &ByteReader::leb_s32);
    }
  }
  for (const int64_t value :
       {int64_t{-1} << 32, (int64_t{1} << 32) - 1, int64_t{-64}, int64_t{-65}, int64_t{63}})
    check_round_trip<int64_t>(value, &ByteWriter::leb_s33, &ByteReader::leb_s33);
}

TEST_CASE("LEB128 numbers may have more bytes than they need, up to the limit of their width") {
  const auto bytes = raw({0x81, 0x80, 0x80, 0x80, 0x00, 0xff, 0xff, 0xff, 0xff, 0x7f});
  ByteReader reader(bytes);
  CHECK(reader.leb_u32() == 1);
  CHECK(reader.leb_s32() == -1);
  CHECK(reader.ok());
}

TEST_CASE("LEB128 errors have the messages of the specification's tests and the number's offset") {
  const auto u32 = [](ByteReader& r) { r.leb_u32(); };
  const auto s32 = [](ByteReader& r) { r.leb_s32(); };
  const auto s33 = [](ByteReader& r) { r.leb_s33(); };
  const auto u64 = [](ByteReader& r) { r.leb_u64(); };
  CHECK(error_of({0x80, 0x80, 0x80, 0x80, 0x80, 0x00}, u32) == "integer representation too long @100");
  CHECK(error_of({0xff, 0xff, 0xff, 0xff, 0x1f}, u32) == "integer too large @100");
  CHECK(error_of({0xff, 0xff, 0xff, 0xff, 0x4f}, s32) == "integer too large @100");
  CHECK(error_of({0x80, 0x80, 0x80, 0x80, 0x20}, s33) == "integer too large @100");
  CHECK(error_of({0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x02}, u64) ==
        "integer too large @100");
  CHECK(error_of({0x80}, u32) == "unexpected end @101");
}

TEST_CASE("the first error is kept, and nothing is left to read after it") {
  const auto bytes = raw({0x80, 0x80, 0x80, 0x80, 0x80, 0x00, 0x07});
  ByteReader reader(bytes);
  CHECK(reader.leb_u32() == 0);
  CHECK(reader.u8() == 0);
  CHECK(reader.at_end());
  CHECK(reader.bytes(3).empty());
  CHECK(reader.error().message() == "integer representation too long");
  CHECK(reader.error().offset() == 0);
}

TEST_CASE("names must be complete and UTF-8") {
  const auto name = [](ByteReader& r) { r.name(); };
  CHECK(error_of({3, 'a', 'b'}, name).starts_with("length out of bounds"));
  CHECK(error_of({1, 0xff}, name) == "malformed UTF-8 encoding @100");
  const auto bytes = raw({2, 0xc3, 0xa9});
  CHECK(ByteReader(bytes).name() == "é");
}

TEST_CASE("a sub-reader ends where it should and knows its offset") {
  const auto bytes = raw({1, 2, 3, 4});
  ByteReader reader(bytes, 10);
  reader.u8();
  ByteReader part = reader.sub_reader(2, "part ends");
  CHECK(part.offset() == 11);
  CHECK(part.u8() == 2);
  CHECK(part.u8() == 3);
  CHECK(part.u8() == 0);
  CHECK(part.error().message() == "part ends");
  CHECK(part.error().offset() == 13);
  CHECK(reader.ok());
  CHECK(reader.u8() == 4);
  reader.absorb(part);
  CHECK_FALSE(reader.ok());
}

TEST_CASE("fixed-width numbers are little-endian") {
  const auto bytes = raw({1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12});
  ByteReader reader(bytes);
  CHECK(reader.fixed_u32() == 0x04030201);
  CHECK(reader.fixed_u64() == 0x0c0b0a0908070605);
  CHECK(reader.fixed_u32() == 0);
  CHECK_FALSE(reader.ok());
}

TEST_CASE("the bytes of a v128 are read in their order") {
  const auto bytes = raw({1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17});
  ByteReader reader(bytes);
  CHECK(reader.fixed_v128() ==
        std::array<uint8_t, 16>{1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16});
  CHECK(reader.fixed_v128() == std::array<uint8_t, 16>{});
  CHECK_FALSE(reader.ok());
}
