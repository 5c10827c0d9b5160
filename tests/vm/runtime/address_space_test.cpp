// How much of the process's address space and mappings guests may take, and what errors say beyond that.
#include "vm/runtime/address_space.hpp"

#include "tests/support/emulation.hpp"
#include "tests/support/wasm.hpp"
#include "vm/platform/process_limits.hpp"
#include "vm/runtime/store.hpp"

#include <pthread.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdlib>
#include <fstream>
#include <memory>

using namespace skerry;
using namespace skerry::test;

#if !defined(SKERRY_TEST_SANITIZED) // sanitizers reserve terabytes

namespace {

constexpr uint64_t mebibyte = uint64_t{1} << 20;

uint64_t bytes_in_use() {
  uint64_t pages = 0;
  std::ifstream("/proc/self/statm") >> pages;
  return pages * static_cast<uint64_t>(sysconf(_SC_PAGESIZE));
}

size_t mappings() {
  std::ifstream maps("/proc/self/maps");
  size_t count = 0;
  for (std::string line; std::getline(maps, line);) ++count;
  return count;
}

/// Sets RLIMIT_AS while it lives.
class AddressSpaceLimit {
public:
  explicit AddressSpaceLimit(uint64_t bytes) {
    REQUIRE(getrlimit(RLIMIT_AS, &old_) == 0);
    rlimit limit = old_;
    limit.rlim_cur = bytes;
    REQUIRE(setrlimit(RLIMIT_AS, &limit) == 0);
  }
  ~AddressSpaceLimit() { setrlimit(RLIMIT_AS, &old_); }
  AddressSpaceLimit(const AddressSpaceLimit&) = delete;
  AddressSpaceLimit& operator=(const AddressSpaceLimit&) = delete;

private:
  rlimit old_{};
};

constexpr MemoryType unbounded(uint64_t min) { return {.limits = {.min = min}}; }

} // namespace

TEST_CASE("guests leave an eighth of a limited address space to the embedder") {
  if (posix_lacks("does not tell how much address space a process uses")) return;
  if (cannot_be_emulated("does not apply RLIMIT_AS to the program")) return;
  const uint64_t allowed = bytes_in_use() + 1024 * mebibyte;
  const AddressSpaceLimit limit(allowed);
  Fixture f{Config(), StoreLimits{.memory_bytes = 4096 * mebibyte}};
  const Memory grows = must(Memory::create(f.store, unbounded(1)));
  while (grows.grow(16)) {
  }
  const Error grown = error_of(grows.grow(16));
  INFO(grown.message());
  CHECK(grown.kind() == ErrorKind::limit);
  CHECK(grown.message().find("RLIMIT_AS allows the process " + std::to_string(allowed)) != std::string::npos);
  const Error created = error_of(Memory::create(f.store, unbounded(64)));
  CHECK(created.kind() == ErrorKind::limit);
  CHECK(created.message().find("RLIMIT_AS") != std::string::npos);
  CHECK(bytes_in_use() <= allowed - allowed / 8);
  CHECK(grows.bytes().size() > 512 * mebibyte); // and they get their share
  void* embedders = std::malloc(allowed / 10);
  CHECK(embedders != nullptr);
  std::free(embedders);
}

TEST_CASE("tables and instances also leave an eighth") {
  if (posix_lacks("does not tell how much address space a process uses")) return;
  if (cannot_be_emulated("does not apply RLIMIT_AS to the program")) return;
  const uint64_t allowed = bytes_in_use() + 64 * mebibyte;
  const AddressSpaceLimit limit(allowed);
  Fixture f{Config()};
  const TableType type{.element = funcref, .limits = {.min = 9'000'000}};
  const Error table = error_of(Table::create(f.store, type, Value(funcref, Ref{})));
  CHECK(table.kind() == ErrorKind::limit);
  CHECK(table.message().find("RLIMIT_AS") != std::string::npos);
  CHECK(bytes_in_use() <= allowed - allowed / 8);
}

TEST_CASE("a thread has the address space of the process, wherever its stack is") {
  if (posix_lacks("does not tell where the address space ends")) return;
  constexpr size_t stack_bytes = 1 << 20;
  // Low addresses, far from the stack of the program.
  void* stack = mmap(reinterpret_cast<void*>(uintptr_t{0x2000'0000}), stack_bytes, PROT_READ | PROT_WRITE,
                     MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  REQUIRE(stack != MAP_FAILED);
  pthread_attr_t attributes;
  REQUIRE(pthread_attr_init(&attributes) == 0);
  REQUIRE(pthread_attr_setstack(&attributes, stack, stack_bytes) == 0);
  uint64_t seen = 0;
  const auto look = [](void* to) -> void* {
    *static_cast<uint64_t*>(to) = platform::address_space_bytes();
    return nullptr;
  };
  pthread_t thread{};
  REQUIRE(pthread_create(&thread, &attributes, look, &seen) == 0);
  CHECK(pthread_join(thread, nullptr) == 0);
  CHECK(seen == platform::address_space_bytes());
  CHECK(seen > uint64_t{1} << 30);
  pthread_attr_destroy(&attributes);
  munmap(stack, stack_bytes);
}

TEST_CASE("small memories stay small where address space is limited") {
  const uint64_t allowed = bytes_in_use() + 1024 * mebibyte;
  const AddressSpaceLimit limit(allowed);
  const Engine engine{Config()};
  const uint64_t before = bytes_in_use();
  std::vector<std::unique_ptr<Store>> stores;
  for (int i = 0; i < 1000; ++i) {
    stores.push_back(std::make_unique<Store>(engine));
    must(Memory::create(*stores.back(), unbounded(1)));
  }
  CHECK(bytes_in_use() - before <= 1000 * mebibyte / 4 + 16 * mebibyte);
}

TEST_CASE("a memory of half the limit can still grow") {
  if (posix_lacks("can grow a memory only by a copy, which needs both at once")) return;
  if (exceeds_32_bits("needs a memory of 2 GiB")) return;
  const uint64_t allowed = bytes_in_use() + 3072 * mebibyte;
  const AddressSpaceLimit limit(allowed);
  Fixture f{Config()};
  const Memory memory = must(Memory::create(f.store, unbounded(16'384)));
  for (int i = 0; i < 16; ++i) must(memory.grow(1024));
  CHECK(memory.bytes().size() == 2048 * mebibyte);
}

TEST_CASE("idle instances are few mappings, and called ones not many") {
  const Engine engine{Config()};
  const Module module =
      compile(engine, R"((module (memory 1) (func (export "f") (i32.store (i32.const 0) (i32.const 1)))))");
  const Linker linker(engine);
  const size_t before = mappings();
  std::vector<std::unique_ptr<Store>> stores;
  std::vector<Instance> instances;
  constexpr size_t count = 500;
  for (size_t i = 0; i < count; ++i) {
    stores.push_back(std::make_unique<Store>(engine));
    instances.push_back(must(linker.instantiate(*stores.back(), module)));
  }
  CHECK(mappings() - before < 50);
  for (const Instance& instance : instances) must(must(instance.func<void()>("f"))());
  CHECK(mappings() - before <= 3 * count);
  for (size_t i = 0; i < count; i += 2) stores[i].reset(); // holes
  for (size_t i = 1; i < count; i += 2) stores[i].reset();
  CHECK(mappings() < before + 50);
}

TEST_CASE("a memory that has grown and moved is one mapping") {
  Fixture f{Config()};
  std::vector<Memory> memories;
  for (int i = 0; i < 50; ++i) memories.push_back(must(Memory::create(f.store, unbounded(1))));
  const size_t before = mappings();
  for (int round = 0; round < 8; ++round)
    for (const Memory& memory : memories) {
      memory.bytes().front() = memory.bytes().back() = std::byte{1};
      must(memory.grow(memory.pages()));
    }
  CHECK(mappings() <= before + 2 * memories.size());
}

TEST_CASE("an error names used-up mappings as its cause") {
  if (posix_lacks("does not limit mappings")) return;
  if (cannot_be_emulated("needs minutes to make that many mappings")) return;
  uint64_t allowed = 0;
  std::ifstream("/proc/sys/vm/max_map_count") >> allowed;
  if (allowed > 200'000) {
    WARN("vm.max_map_count is too large to be used up in a test");
    return;
  }
  Fixture f{Config()};
  const auto page = static_cast<size_t>(sysconf(_SC_PAGESIZE));
  const size_t bytes = 2 * allowed * page;
  auto* region = static_cast<std::byte*>(
      mmap(nullptr, bytes, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0));
  REQUIRE(region != MAP_FAILED);
  for (size_t at = page; at < bytes && mprotect(region + at, page, PROT_READ) == 0; at += 2 * page) {
  }
  std::optional<Error> refused;
  for (int i = 0; i < 100 && !refused; ++i)
    if (auto memory = Memory::create(f.store, unbounded(i % 2 == 0 ? 64 : 1)); !memory)
      refused = std::move(memory.error());
  munmap(region, bytes);
  REQUIRE(refused);
  CHECK(refused->kind() == ErrorKind::limit);
  INFO(refused->message());
  CHECK(refused->message().find("vm.max_map_count allows the process " + std::to_string(allowed)) !=
        std::string::npos);
  must(Memory::create(f.store, unbounded(1))); // and everything works afterwards
}

TEST_CASE("a guard page follows the value stack") {
  Fixture f{Config()};
  must(vm::ensure_stack(*f.store.data()));
  const vm::ValueStack& stack = f.store.data()->stack;
  stack.base[stack.bytes - 1] = std::byte{1};
  const pid_t child = fork();
  if (child == 0) {
    signal(SIGSEGV, SIG_DFL);
    *const_cast<volatile std::byte*>(stack.base + stack.bytes) = std::byte{1};
    _exit(0);
  }
  int status = 0;
  REQUIRE(waitpid(child, &status, 0) == child);
  CHECK(WIFSIGNALED(status));
}

#endif
