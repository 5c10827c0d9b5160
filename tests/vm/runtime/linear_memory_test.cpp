#include "vm/runtime/linear_memory.hpp"

#include "tests/support/wasm.hpp"

#include <algorithm>
#include <sys/resource.h>

using namespace skerry;
using namespace skerry::test;

namespace {

MemoryType pages(uint64_t min, uint64_t max) { return {{.min = min, .max = max, .has_max = true}}; }
MemoryType pages(uint64_t min) { return {{.min = min}}; }

} // namespace

TEST_CASE("a memory grows in place, zero-filled") {
  Fixture f;
  const Memory memory = must(Memory::create(f.store, pages(1, 3)));
  std::byte* base = memory.bytes().data();
  std::fill(memory.bytes().begin(), memory.bytes().end(), std::byte{7});
  CHECK(must(memory.grow(2)) == 1);
  CHECK(memory.pages() == 3);
  REQUIRE(memory.bytes().size() == 3 * 65'536);
  CHECK(memory.bytes().data() == base);
  CHECK(memory.bytes()[65'535] == std::byte{7});
  CHECK(std::all_of(memory.bytes().begin() + 65'536, memory.bytes().end(),
                    [](std::byte b) { return b == std::byte{0}; }));
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

#if defined(__SANITIZE_ADDRESS__)
#define SKERRY_TEST_ASAN
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define SKERRY_TEST_ASAN
#endif
#endif
#if !defined(SKERRY_TEST_ASAN)
TEST_CASE("with little address space a memory reserves less") {
  Fixture f;
  rlimit old{};
  REQUIRE(getrlimit(RLIMIT_AS, &old) == 0);
  rlimit small = old;
  small.rlim_cur = rlim_t{2} << 30;
  REQUIRE(setrlimit(RLIMIT_AS, &small) == 0);
  const auto memory = Memory::create(f.store, pages(1));
  setrlimit(RLIMIT_AS, &old);
  REQUIRE(memory);
  CHECK(memory->data()->reserved_bytes < (uint64_t{2} << 30));
  CHECK(memory->pages() == 1);
}
#endif
