#include "wasi/guest_memory.hpp"

#include "tests/catch.hpp"
#include "tests/wasi/program.hpp"

#include <array>

namespace skerry::test {

TEST_CASE("guest memory: access inside, at the end and outside") {
  std::array<std::byte, 16> bytes{};
  const wasi::GuestMemory memory(bytes);

  CHECK(memory.bytes(0, 16).has_value());
  CHECK(memory.bytes(16, 0).has_value());
  CHECK(memory.bytes(17, 0).error() == Errno::fault);
  CHECK(memory.bytes(0, 17).error() == Errno::fault);
  CHECK(memory.bytes(0xffff'ffff, 1).error() == Errno::fault);
  CHECK(memory.bytes(8, ~uint64_t{0}).error() == Errno::fault);

  CHECK(memory.store<uint64_t>(8, 0x0102030405060708) == Errno::success);
  CHECK(memory.store<uint64_t>(9, 0) == Errno::fault);
  CHECK(memory.load<uint64_t>(8) == 0x0102030405060708u);
  CHECK(memory.load<uint32_t>(13).error() == Errno::fault);
}

TEST_CASE("guest memory: little-endian, at any alignment") {
  std::array<std::byte, 8> bytes{};
  const wasi::GuestMemory memory(bytes);
  REQUIRE(memory.store<uint32_t>(1, 0x11223344) == Errno::success);
  CHECK(bytes[1] == std::byte{0x44});
  CHECK(bytes[4] == std::byte{0x11});
  CHECK(memory.load<uint32_t>(1) == 0x11223344u);
}

TEST_CASE("guest memory: a program without a memory has no valid addresses") {
  const wasi::GuestMemory memory({});
  CHECK(memory.bytes(0, 0).has_value());
  CHECK(memory.bytes(0, 1).error() == Errno::fault);
}

} // namespace skerry::test
