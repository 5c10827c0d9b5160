#include "vm/base/endian.hpp"

#include "tests/catch.hpp"

#include <array>
#include <bit>

using skerry::vm::load_little_endian, skerry::vm::store_little_endian, skerry::vm::load_low_bytes,
    skerry::vm::store_low_bytes, skerry::vm::shift_to_byte;

namespace {

enum class Color : uint16_t { red = 0x0201 };
struct Pair {
  uint16_t a, b;
};

template <size_t size> constexpr std::array<std::byte, size> first_bytes() {
  std::array<std::byte, size> bytes;
  for (size_t i = 0; i < size; ++i) bytes[i] = static_cast<std::byte>(i + 1);
  return bytes;
}
template <class T> bool stores_as_first_bytes(T value) {
  std::array<std::byte, sizeof(T)> bytes;
  store_little_endian(bytes.data(), value);
  return bytes == first_bytes<sizeof(T)>();
}

} // namespace

TEST_CASE("numbers and enumerations are loaded and stored little-endian") {
  const auto bytes = first_bytes<8>();
  CHECK(load_little_endian<uint8_t>(bytes.data()) == 1);
  CHECK(load_little_endian<int16_t>(bytes.data()) == 0x0201);
  CHECK(load_little_endian<uint32_t>(bytes.data() + 1) == 0x0504'0302); // not aligned
  CHECK(load_little_endian<uint64_t>(bytes.data()) == 0x0807'0605'0403'0201);
  CHECK(load_little_endian<float>(bytes.data()) == std::bit_cast<float>(0x0403'0201));
  CHECK(load_little_endian<double>(bytes.data()) == std::bit_cast<double>(0x0807'0605'0403'0201));
  CHECK(load_little_endian<Color>(bytes.data()) == Color::red);
  CHECK(stores_as_first_bytes(uint32_t{0x0403'0201}));
  CHECK(stores_as_first_bytes(std::bit_cast<double>(0x0807'0605'0403'0201)));
  CHECK(stores_as_first_bytes(Color::red));
}

TEST_CASE("values that are not numbers keep their bytes") {
  const auto bytes = first_bytes<4>();
  CHECK(load_little_endian<std::array<std::byte, 4>>(bytes.data()) == bytes);
  CHECK(std::bit_cast<std::array<std::byte, 4>>(load_little_endian<Pair>(bytes.data())) == bytes);
  CHECK(stores_as_first_bytes(bytes));
}

TEST_CASE("a small value is in the low bytes of its word") {
  uint64_t word = 0x1111'2222'3333'4444;
  CHECK(load_low_bytes<uint64_t>(&word) == word);
  CHECK(load_low_bytes<uint32_t>(&word) == 0x3333'4444);
  CHECK(load_low_bytes<uint16_t>(&word) == 0x4444);
  store_low_bytes(&word, uint16_t{0x5555});
  CHECK(word == 0x1111'2222'3333'5555);
  store_low_bytes(&word, 1.5f);
  CHECK(word == (0x1111'2222'0000'0000 | std::bit_cast<uint32_t>(1.5f)));
  CHECK(load_low_bytes<float>(&word) == 1.5f);
}

TEST_CASE("a value of 16 bytes takes two words") {
  using Words = std::array<uint64_t, 2>;
  Words words = {1, 2};
  CHECK(load_low_bytes<Words>(words.data()) == words);
  store_low_bytes(words.data(), Words{3, 4});
  CHECK(words == Words{3, 4});
}

TEST_CASE("a number is shifted to where a word has a byte in memory") {
  const uint64_t word = uint64_t{0x01} << shift_to_byte(0, 1) | uint64_t{0x02} << shift_to_byte(1, 1) |
                        uint64_t{0x0304} << shift_to_byte(2, 2) |
                        uint64_t{0x0506'0708} << shift_to_byte(4, 4);
  struct Fields {
    uint8_t a, b;
    uint16_t c;
    uint32_t d;
  };
  const auto fields = std::bit_cast<Fields>(word);
  CHECK(fields.a == 1);
  CHECK(fields.b == 2);
  CHECK(fields.c == 0x0304);
  CHECK(fields.d == 0x0506'0708);
}
