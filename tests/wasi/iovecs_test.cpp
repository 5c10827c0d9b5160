#include "wasi/iovecs.hpp"

#include "tests/catch.hpp"
#include "tests/wasi/program.hpp"

#include <array>

namespace skerry::test {

namespace {

struct Memory {
  std::array<std::byte, 4096> bytes{};
  wasi::GuestMemory memory{bytes};
  void pair(uint32_t at, uint32_t address, uint32_t length) {
    REQUIRE(memory.store(at, address) == Errno::success);
    REQUIRE(memory.store(at + 4, length) == Errno::success);
  }
};

} // namespace

TEST_CASE("iovecs: pieces and progress") {
  Memory guest;
  guest.pair(0, 100, 10);
  guest.pair(8, 200, 0);
  guest.pair(16, 300, 20);
  auto vectors = wasi::IoVecs::read(guest.memory, 0, 3, {});
  REQUIRE(vectors);
  CHECK(vectors->left() == 30);
  auto batch = vectors->next(15);
  REQUIRE(batch.size() == 2);
  CHECK(batch[0].data() == guest.bytes.data() + 100);
  CHECK(batch[1].size() == 5);
  vectors->advance(12);
  batch = vectors->next(1000);
  REQUIRE(batch.size() == 1);
  CHECK(batch[0].data() == guest.bytes.data() + 302);
  CHECK(batch[0].size() == 18);
  vectors->advance(18);
  CHECK(vectors->left() == 0);
  CHECK(vectors->next(1000).empty());
}

TEST_CASE("iovecs: lists and vectors outside the memory are faults") {
  Memory guest;
  guest.pair(0, 4090, 7);
  CHECK(wasi::IoVecs::read(guest.memory, 0, 1, {}).error() == Errno::fault);
  CHECK(wasi::IoVecs::read(guest.memory, 4092, 1, {}).error() == Errno::fault);
  CHECK(wasi::IoVecs::read(guest.memory, 0, 0xffff'ffff, {}).error() == Errno::fault);
  guest.pair(0, 0xffff'ffff, 0xffff'ffff);
  CHECK(wasi::IoVecs::read(guest.memory, 0, 1, {}).error() == Errno::fault);
}

TEST_CASE("iovecs: limits make a transfer short") {
  Memory guest;
  for (uint32_t i = 0; i < 10; ++i) guest.pair(i * 8, 1000, 100);
  wasi::Limits limits;
  limits.iovecs = 3;
  CHECK(wasi::IoVecs::read(guest.memory, 0, 10, limits)->left() == 300);
  limits.transfer_bytes = 250;
  auto vectors = wasi::IoVecs::read(guest.memory, 0, 10, limits);
  CHECK(vectors->left() == 250);
  const auto batch = vectors->next(1000);
  REQUIRE(batch.size() == 3);
  CHECK(batch[2].size() == 50);
}

TEST_CASE("iovecs: lengths that add up to more than 32 bits are refused") {
  // Vectors may overlap, so a small list can claim any total.
  std::vector<std::byte> bytes(size_t{1} << 26);
  const wasi::GuestMemory memory(bytes);
  for (uint32_t i = 0; i < 64; ++i) {
    REQUIRE(memory.store(i * 8, 0u) == Errno::success);
    REQUIRE(memory.store(i * 8 + 4, 1u << 26) == Errno::success);
  }
  CHECK(wasi::IoVecs::read(memory, 0, 64, {}).error() == Errno::inval);
  CHECK(wasi::IoVecs::read(memory, 0, 63, {}).has_value());
}

} // namespace skerry::test
