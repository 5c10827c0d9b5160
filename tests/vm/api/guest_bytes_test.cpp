#include "skerry/guest_bytes.hpp"

#include "tests/support/wasm.hpp"

#include <array>
#include <cstdint>
#include <string>

using namespace skerry;
using namespace skerry::test;

namespace {

struct Pair {
  uint32_t a;
  uint16_t b, c;
  bool operator==(const Pair&) const = default;
};
enum class Color : uint8_t { red, green };

} // namespace

TEST_CASE("values are read from a memory and written to it") {
  Fixture f;
  const Memory memory = must(Memory::create(f.store, {{.min = 1}}));
  must(memory.write(1, uint32_t{0x0102'0304})); // not aligned
  CHECK(must(memory.read<uint8_t>(1)) == 4);    // little-endian
  CHECK(must(memory.read<uint32_t>(1)) == 0x0102'0304);
  must(memory.write(65'528, -2.5));
  CHECK(must(memory.read<double>(65'528)) == -2.5);
  must(memory.write(16, Pair{1, 2, 3}));
  CHECK(must(memory.read<Pair>(16)) == Pair{1, 2, 3});
  must(memory.write(24, Color::green));
  CHECK(must(memory.read<Color>(24)) == Color::green);
  must(memory.write_bytes(32, std::as_bytes(std::span("hello"))));
  CHECK(must(memory.read_string(32, 5)) == "hello");
  CHECK(must(memory.read_string(65'536, 0)).empty());
  CHECK(must(memory.bytes(32, 2)).size() == 2);
  STATIC_REQUIRE_FALSE(GuestValue<bool>);
  STATIC_REQUIRE_FALSE(GuestValue<const char*>);
  STATIC_REQUIRE_FALSE(GuestValue<std::string>);
}

TEST_CASE("an access outside a memory names offset, length and size, and writes nothing") {
  Fixture f;
  const Memory memory = must(Memory::create(f.store, {{.min = 1}}));
  const Error error = error_of(memory.read<uint64_t>(65'529));
  CHECK(error.code() == ErrorCode::out_of_bounds_memory_access);
  CHECK(error.message() == "out of bounds memory access: address 65529 and length 8, memory has 65536 bytes");
  CHECK(error_of(memory.write(65'533, uint32_t{~0u})).kind() == ErrorKind::trap);
  CHECK(must(memory.read<uint8_t>(65'535)) == 0);
  CHECK(error_of(memory.read<uint16_t>(~uint64_t{0})).kind() == ErrorKind::trap);
  CHECK(error_of(memory.read_string(8, ~uint64_t{0})).kind() == ErrorKind::trap);
  const std::array<std::byte, 4> bytes = {std::byte{1}, std::byte{1}, std::byte{1}, std::byte{1}};
  CHECK(error_of(memory.write_bytes(65'534, bytes)).kind() == ErrorKind::trap);
  CHECK(must(memory.read<uint16_t>(65'534)) == 0);
  CHECK(error_of(Memory().read<uint8_t>(0)).kind() == ErrorKind::usage);
  CHECK(error_of(Memory().write(0, uint8_t{1})).kind() == ErrorKind::usage);
}

TEST_CASE("host functions read and write values of their caller's memory", "[exec]") {
  Fixture f;
  std::optional<MemoryType> type;
  f.linker.define("env", "add", [&](Caller& caller, uint32_t at) -> Result<void> {
    type = caller.memory_type();
    auto value = caller.read<int32_t>(at);
    if (!value) return fail(std::move(value.error()));
    auto text = caller.read_string(at + 4, 2);
    if (!text) return fail(std::move(text.error()));
    if (auto ok = caller.write_bytes(at + 8, std::as_bytes(std::span(*text))); !ok) return ok;
    return caller.write(at, *value + 1);
  });
  const Instance instance = f.instantiate(R"((module (import "env" "add" (func $add (param i32)))
    (memory (export "memory") 1 5) (data (i32.const 8) "\29\00\00\00xy")
    (func (export "grow") (drop (memory.grow (i32.const 2))))
    (func (export "run") (param i32) (call $add (local.get 0)))))");
  const auto run = must(instance.func<void(uint32_t)>("run"));
  must(run(8));
  const Memory memory = must(instance.memory());
  CHECK(must(memory.read<int32_t>(8)) == 42);
  CHECK(must(memory.read_string(16, 2)) == "xy");
  CHECK(type->limits.min == 1);
  must(must(instance.func<void()>("grow"))());
  const Error error = error_of(run(3 * 65'536 - 2));
  CHECK(error.code() == ErrorCode::out_of_bounds_memory_access);
  CHECK(error.message() == "out of bounds memory access: host function given address 196606 and length 4, "
                           "memory has 196608 bytes");
  CHECK(type->limits.min == 3); // the current size, as Memory::type
  CHECK(memory.type().limits.min == 3);
  CHECK(type->limits.max == 5);
}
