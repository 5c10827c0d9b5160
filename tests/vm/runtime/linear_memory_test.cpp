#include "vm/runtime/linear_memory.hpp"

#include "tests/support/emulation.hpp"
#include "tests/support/wasm.hpp"

#include <algorithm>
#include <sys/resource.h>

using namespace skerry;
using namespace skerry::test;

namespace {

bool is_zero(std::span<const std::byte> bytes) {
  return std::all_of(bytes.begin(), bytes.end(), [](std::byte b) { return b == std::byte{0}; });
}

/// Writes one byte to each page of the system that says which page it is.
void mark(std::span<std::byte> bytes, int seed) {
  for (size_t at = 0; at < bytes.size(); at += 4096)
    bytes[at] = static_cast<std::byte>(1 + (static_cast<size_t>(seed) + at / 4096) % 251);
}
bool is_marked(std::span<const std::byte> bytes, int seed) {
  for (size_t at = 0; at < bytes.size(); at += 4096)
    if (bytes[at] != static_cast<std::byte>(1 + (static_cast<size_t>(seed) + at / 4096) % 251)) return false;
  return true;
}

MemoryType pages(uint64_t min, uint64_t max) { return {{.min = min, .max = max, .has_max = true}}; }
MemoryType pages(uint64_t min) { return {{.min = min}}; }

} // namespace

TEST_CASE("a memory grows zero-filled, in place while its reservation lasts") {
  Fixture f{Config()};
  const Memory memory = must(Memory::create(f.store, pages(1, 3)));
  std::byte* base = memory.bytes().data();
  std::fill(memory.bytes().begin(), memory.bytes().end(), std::byte{7});
  CHECK(must(memory.grow(2)) == 1);
  CHECK(memory.pages() == 3);
  REQUIRE(memory.bytes().size() == 3 * 65'536);
  CHECK(memory.bytes().data() == base);
  CHECK(memory.bytes()[65'535] == std::byte{7});
  CHECK(is_zero(memory.bytes().subspan(65'536)));
}

TEST_CASE("a memory does not grow over its maximum") {
  Fixture f;
  const Memory memory = must(Memory::create(f.store, pages(1, 3)));
  CHECK(error_of(memory.grow(3)).kind() == ErrorKind::limit);
  CHECK(memory.pages() == 1);
  CHECK(must(memory.grow(0)) == 1);
  CHECK(error_of(memory.grow(~uint64_t{0})).kind() == ErrorKind::limit);
}

TEST_CASE("a memory of 32 bits ends at 4 GiB") {
  Fixture f(StoreLimits{.memory_bytes = uint64_t{1} << 40});
  const Memory memory = must(Memory::create(f.store, pages(0)));
  CHECK(memory.data()->max_pages == 65'536);
  CHECK(error_of(memory.grow(65'537)).kind() == ErrorKind::limit);
}

TEST_CASE("all memories of a store share its budget") {
  Fixture f(StoreLimits{.memory_bytes = 4 * 65'536});
  const Memory a = must(Memory::create(f.store, pages(1)));
  const Memory b = must(Memory::create(f.store, pages(1)));
  CHECK(must(a.grow(2)) == 1);
  CHECK(error_of(b.grow(1)).kind() == ErrorKind::limit);
  CHECK(f.store.usage().memory_bytes == 4 * 65'536);
  CHECK(f.store.usage().peak_memory_bytes == 4 * 65'536);
}

TEST_CASE("a memory over the limit is refused by name and numbers") {
  Fixture f(StoreLimits{.memory_bytes = 65'536});
  const Error error = error_of(Memory::create(f.store, pages(2)));
  CHECK(error.code() == ErrorCode::limit_exceeded);
  CHECK(error.message() == "memory_bytes limit exceeded: 131072 asked, 65536 allowed");
  CHECK(f.store.usage().memory_bytes == 0);
}

TEST_CASE("the largest declared sizes are refused without being reserved") {
  Fixture f;
  MemoryType huge = pages(uint64_t{1} << 48);
  huge.limits.is_64 = true;
  CHECK(error_of(Memory::create(f.store, huge)).kind() == ErrorKind::limit);
  // … but valid as a maximum.
  huge.limits = {.min = 1, .max = uint64_t{1} << 48, .has_max = true, .is_64 = true};
  const Memory memory = must(Memory::create(f.store, huge));
  CHECK(memory.data()->reserved_bytes <= f.store.limits().memory_bytes);
}

TEST_CASE("the number of memories is limited") {
  Fixture f(StoreLimits{.memories = 1});
  must(Memory::create(f.store, pages(0)));
  CHECK(error_of(Memory::create(f.store, pages(0))).message() ==
        "memories limit exceeded: 2 asked, 1 allowed");
}

TEST_CASE("an empty memory has an address") {
  Fixture f;
  const Memory memory = must(Memory::create(f.store, pages(0, 0)));
  CHECK(memory.data()->base != nullptr);
  CHECK(memory.bytes().empty());
  CHECK(error_of(memory.grow(1)).kind() == ErrorKind::limit);
}

TEST_CASE("a memory reserves at most twice what it has, or four pages, and no more than it can use") {
  Fixture f{Config()};
  for (const uint64_t size : {1, 3, 100, 1000}) {
    const Memory memory = must(Memory::create(f.store, pages(size)));
    CHECK(memory.data()->reserved_bytes <= std::max<uint64_t>(2 * size, 4) * 65'536);
    const Memory bounded = must(Memory::create(f.store, pages(size, size + 1)));
    CHECK(bounded.data()->reserved_bytes <= (size + 1) * 65'536);
  }
}

TEST_CASE("a large memory reserves at most a GiB more than it has") {
  if (exceeds_32_bits("needs 3.4 GiB of addresses")) return;
  Fixture f{Config()};
  const Memory large = must(Memory::create(f.store, pages(40'000)));
  CHECK(large.data()->reserved_bytes == (uint64_t{40'000} << 16) + (uint64_t{1} << 30));
}

TEST_CASE("a memory is refused if the machine has too few addresses for it") {
  // No machine has 2^48 bytes for one program. Sizes must not wrap, also where addresses have 32 bits.
  Fixture f(StoreLimits{.memory_bytes = ~uint64_t{0}, .table_elements = ~uint64_t{0}});
  MemoryType type = pages(uint64_t{1} << 33); // 2^49 bytes
  type.limits.is_64 = true;
  const Error error = error_of(Memory::create(f.store, type));
  CHECK(error.kind() == ErrorKind::limit);
  type.limits.min = 1;
  const Memory memory = must(Memory::create(f.store, type));
  for (const uint64_t more : {uint64_t{1} << 33, uint64_t{1} << 40, (uint64_t{1} << 33) + 1})
    CHECK(error_of(memory.grow(more)).kind() == ErrorKind::limit);
  CHECK(memory.bytes().size() == 65'536);
  const Value null(funcref, Ref{});
  TableType table{.element = funcref, .limits = {.min = (uint64_t{1} << 61) + 1, .is_64 = true}};
  CHECK(error_of(Table::create(f.store, table, null)).kind() == ErrorKind::limit);
  table.limits.min = 1;
  const Table small = must(Table::create(f.store, table, null));
  for (const uint64_t more : {uint64_t{1} << 61, (uint64_t{1} << 61) - 1, uint64_t{1} << 50})
    CHECK(error_of(small.grow(more, null)).kind() == ErrorKind::limit);
  CHECK(small.size() == 1);
}

TEST_CASE("a memory that grows past its reservation keeps its bytes, wherever it is then") {
  for (const bool always_moves : {false, true}) {
    Config config;
    config.move_stack = always_moves;
    Fixture f(config);
    const Memory memory = must(Memory::create(f.store, pages(1)));
    size_t moves = 0;
    mark(memory.bytes(), 7);
    for (uint64_t size = 1; size < 100; ++size) {
      const std::byte* before = memory.bytes().data();
      must(memory.grow(1));
      moves += memory.bytes().data() != before;
      REQUIRE(memory.pages() == size + 1);
      REQUIRE(is_zero(memory.bytes().subspan(size << 16)));
      mark(memory.bytes().subspan(size << 16), 7 + static_cast<int>((size << 4) % 251));
    }
    CHECK(is_marked(memory.bytes().first(16 << 12), 7));
    for (uint64_t page = 0; page < 100 * 16; ++page)
      if (memory.bytes()[page << 12] == std::byte{0}) FAIL("page " << page << " is lost");
    CHECK((always_moves ? moves == 99 : moves < 10));
  }
}

TEST_CASE("a memory that is copied elsewhere keeps its bytes and its size") {
  Fixture f{Config()};
  const Memory memory = must(Memory::create(f.store, pages(20)));
  mark(memory.bytes().first(5 << 16), 1);
  const std::byte* before = memory.bytes().data();
  REQUIRE(vm::copy_elsewhere(*memory.data(), 100 << 16));
  CHECK(memory.bytes().data() != before);
  CHECK(memory.pages() == 20);
  CHECK(is_marked(memory.bytes().first(5 << 16), 1));
  CHECK(is_zero(memory.bytes().subspan(5 << 16)));
  CHECK(must(memory.grow(80)) == 20);
  CHECK(is_zero(memory.bytes().subspan(5 << 16)));
}

TEST_CASE("wasm finds a memory that moved", "[exec]") {
  Fixture f;
  // Calls through another instance and back, so that every copy of the memory's address is used.
  f.linker.define("env", "grow", [](Caller& caller, int32_t more) -> Result<int32_t> {
    auto before = caller.instance().memory("m").value().grow(static_cast<uint32_t>(more));
    if (!before) return fail(std::move(before.error()));
    return static_cast<int32_t>(*before);
  });
  const Instance owner = f.instantiate(R"((module
    (memory (export "m") 1)
    (func (export "grow") (param i32) (result i32) (memory.grow (local.get 0)))))");
  f.linker.define_instance("owner", owner);
  const Instance user = f.instantiate(R"((module
    (import "owner" "m" (memory $m 1))
    (import "owner" "m" (memory $same 1))
    (import "owner" "grow" (func $theirs (param i32) (result i32)))
    (import "env" "grow" (func $hosts (param i32) (result i32)))
    (export "m" (memory $m))
    (func (export "run") (param $n i32) (result i32) (local $sum i32)
      (i32.store (i32.const 40) (i32.const 0))
      (loop $l
        (i32.store (i32.const 40) (i32.add (i32.load (i32.const 40)) (i32.const 1)))
        (drop (memory.grow $m (i32.const 1)))
        (i32.store (i32.const 40) (i32.add (i32.load (i32.const 40)) (i32.const 1)))
        (drop (memory.grow $same (i32.const 1)))
        (i32.store (i32.const 40) (i32.add (i32.load (i32.const 40)) (i32.const 1)))
        (drop (call $theirs (i32.const 1)))
        (i32.store (i32.const 40) (i32.add (i32.load (i32.const 40)) (i32.const 1)))
        (drop (call $hosts (i32.const 1)))
        (i32.store (i32.const 40) (i32.add (i32.load $same (i32.const 40)) (i32.const 1)))
        (i32.store (i32.sub (i32.shl (memory.size) (i32.const 16)) (i32.const 4)) (i32.const 1))
        (br_if $l (local.tee $n (i32.sub (local.get $n) (i32.const 1)))))
      (i32.load (i32.const 40)))))");
  CHECK(must(must(user.func<int32_t(int32_t)>("run"))(40)) == 200);
  CHECK(must(user.memory("m")).pages() == 161);
}

TEST_CASE("an image survives growth and moves: writes last until the reset") {
  for (const bool always_moves : {false, true}) {
    Config config;
    config.move_stack = always_moves;
    Fixture f(config);
    const Instance origin = f.instantiate(R"((module (memory (export "m") 3)))");
    mark(must(origin.memory("m")).bytes().first(2 << 16), 3); // the third page has no content
    const Image image = must(Image::freeze(origin));
    const Instance instance = must(f.linker.instantiate(f.store, image));
    const Memory memory = must(instance.memory("m"));
    for (const uint64_t more : {0, 1, 4, 40, 400, 4, 0}) {
      CHECK(is_marked(memory.bytes().first(2 << 16), 3));
      memory.bytes()[5] = std::byte{99};             // a page of the image
      memory.bytes()[(2 << 16) + 5] = std::byte{98}; // a page outside the image
      for (uint64_t i = 0; i < more; ++i) must(memory.grow(1));
      CHECK(is_zero(memory.bytes().subspan(3 << 16)));
      mark(memory.bytes().subspan(3 << 16), 4);
      CHECK(memory.bytes()[5] == std::byte{99});
      CHECK(memory.bytes()[(2 << 16) + 5] == std::byte{98});
      CHECK(is_marked(memory.bytes().first(2 << 16), 3));
      must(image.restore(instance));
      REQUIRE(memory.pages() == 3);
      CHECK(memory.bytes()[5] == std::byte{0});
      CHECK(memory.bytes()[(2 << 16) + 5] == std::byte{0});
    }
    CHECK(is_marked(must(origin.memory("m")).bytes().first(2 << 16), 3)); // the image is unchanged
  }
}

TEST_CASE("an image larger than the memory that it is put into finds room") {
  Fixture f{Config()};
  const Instance origin = f.instantiate(R"((module (memory (export "m") 1)))");
  must(must(origin.memory("m")).grow(300));
  mark(must(origin.memory("m")).bytes(), 9);
  const Image image = must(Image::freeze(origin));
  const Instance fresh = must(f.linker.instantiate(f.store, image));
  CHECK(must(fresh.memory("m")).pages() == 301);
  CHECK(is_marked(must(fresh.memory("m")).bytes(), 9));
}
