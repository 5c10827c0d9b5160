// Conversions to this machine's pointers and sizes, and arithmetic without integers of 128 bits.
#include "tests/catch.hpp"
#include "vm/base/address.hpp"
#include "vm/base/keyed_hash.hpp"

#include <array>

using namespace skerry;

TEST_CASE("address: a pointer survives the way through a slot") {
  // The upper half of the address space, where a cast could extend the sign.
  auto* high = reinterpret_cast<std::byte*>(~uintptr_t{0} - 7);
  CHECK(vm::address_of(high) == ~uintptr_t{0} - 7);
  CHECK(vm::pointer_to<std::byte>(vm::address_of(high)) == high);
  CHECK(vm::address_of(nullptr) == 0);
}

TEST_CASE("address: a size that no object can have becomes the largest one") {
  CHECK(vm::to_size(65'536) == 65'536);
  CHECK(vm::to_size(SIZE_MAX) == SIZE_MAX);
  CHECK(vm::to_size(~uint64_t{0}) == SIZE_MAX);
  CHECK(vm::to_size((uint64_t{1} << 61) | 1) >= size_t{1} << 31); // not 1, where a size has 32 bits
}

TEST_CASE("address: the folded product of two numbers") {
  constexpr uint64_t ones = ~uint64_t{0};
  CHECK(vm::KeyedHash::folded_product(3, 5) == 15);
  CHECK(vm::KeyedHash::folded_product(ones, 2) == ((ones - 1) ^ 1));
  CHECK(vm::KeyedHash::folded_product(ones, ones) == ((ones - 1) ^ 1));
  CHECK(vm::KeyedHash::folded_product(uint64_t{1} << 32, uint64_t{1} << 32) == 1);
  CHECK(vm::KeyedHash::folded_product(0x1234'5678'9abc'def0, 0xfedc'ba98'7654'3211) ==
        (0x121f'a00a'd77d'7422 ^ 0x35a1'df76'f0d5'adf0)); // computed with Python
}
