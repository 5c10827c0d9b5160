#include "skerry/image.hpp"

#include "tests/support/wasm.hpp"
#include "vm/runtime/store.hpp"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdlib>
#include <cstring>
#include <thread>

using namespace skerry;
using namespace skerry::test;

namespace {

/// Memory, global, table and segments, with exported functions that change and read them.
constexpr std::string_view changeable = R"((module
  (memory (export "memory") 4 64)
  (memory $second 1 2)
  (global $n (export "n") (mut i32) (i32.const 5))
  (global $f (export "f") (mut funcref) (ref.null func))
  (table $t (export "t") 4 16 funcref)
  (elem (i32.const 1) $one $two)
  (elem $passive func $two $one)
  (data (i32.const 8) "start")
  (data $later "later")
  (func $one (result i32) (i32.const 1))
  (func $two (result i32) (i32.const 2))
  (func (export "prepare")
    (global.set $n (i32.const 7))
    (global.set $f (ref.func $one))
    (i32.store (i32.const 70000) (i32.const 99)))
  (func (export "spoil")
    (global.set $n (i32.const 1000))
    (global.set $f (ref.func $two))
    (i32.store (i32.const 8) (i32.const -1))
    (i32.store (i32.const 70000) (i32.const -1))
    (i32.store (i32.const 200000) (i32.const -1))
    (i32.store $second (i32.const 0) (i32.const -1))
    (drop (memory.grow (i32.const 10)))
    (i32.store (i32.const 600000) (i32.const -1))
    (drop (memory.grow $second (i32.const 1)))
    (table.set $t (i32.const 1) (ref.null func))
    (table.set $t (i32.const 0) (ref.func $two))
    (drop (table.grow $t (ref.func $one) (i32.const 5)))
    (elem.drop $passive)
    (data.drop $later))
  (func (export "grow") (result i32) (drop (memory.grow (i32.const 10))) (i32.load (i32.const 600000)))
  (func (export "segments")
    (table.init $t $passive (i32.const 0) (i32.const 0) (i32.const 2))
    (memory.init $later (i32.const 0) (i32.const 0) (i32.const 5)))
  (func (export "load") (param i32) (result i32) (i32.load (local.get 0)))
  (func (export "load_second") (result i32) (i32.load $second (i32.const 0)))
  (func (export "call") (param i32) (result i32) (call_indirect $t (result i32) (local.get 0)))
  (func (export "call_global") (result i32)
    (table.set $t (i32.const 3) (global.get $f)) (call_indirect $t (result i32) (i32.const 3)))))";

void run(const Instance& instance, const char* name) { must((*instance.func<void()>(name))()); }
int32_t get(const Instance& instance, const char* name) { return must((*instance.func<int32_t()>(name))()); }
int32_t get(const Instance& instance, const char* name, int32_t argument) {
  return must((*instance.func<int32_t(int32_t)>(name))(argument));
}

void check_prepared(const Store& store, const Instance& instance) {
  CHECK(must(must(instance.global("n")).get()).as_i32() == 7);
  CHECK(get(instance, "load", 8) == 0x72617473); // "star"
  CHECK(get(instance, "load", 70'000) == 99);
  CHECK(get(instance, "load", 200'000) == 0);
  CHECK(get(instance, "load_second") == 0);
  CHECK(must(instance.memory()).pages() == 4);
  CHECK(store.usage().memory_bytes == 5 * 65'536);
  CHECK(must(instance.table("t")).size() == 4);
  CHECK(store.usage().table_elements == 4);
  CHECK(must(must(instance.table("t")).get(0)).as_ref().is_null());
  CHECK(get(instance, "call", 1) == 1);
  CHECK(get(instance, "call", 2) == 2);
  CHECK(get(instance, "call_global") == 1);
  CHECK(get(instance, "grow") == 0);
  run(instance, "segments");
  CHECK(get(instance, "call", 0) == 2);
}

} // namespace

TEST_CASE("a restored instance has the frozen state: memories, globals, tables, segments, sizes", "[exec]") {
  Fixture f;
  const Instance instance = f.instantiate(changeable);
  run(instance, "prepare");
  const Image image = must(Image::freeze(instance));
  for (int round = 0; round < 4; ++round) {
    INFO(round);
    run(instance, "spoil");
    if (round == 2) run(instance, "spoil"); // traps nothing: segments are dropped already
    must(image.restore(instance));
    check_prepared(f.store, instance);
    must(image.restore(instance));
  }
}

TEST_CASE("freezing changes nothing", "[exec]") {
  Fixture f;
  const Instance instance = f.instantiate(changeable);
  run(instance, "prepare");
  (void)must(Image::freeze(instance));
  check_prepared(f.store, instance);
}

TEST_CASE("an image makes new instances without running start functions, in any store", "[exec]") {
  Fixture f;
  int starts = 0;
  f.linker.define("env", "count", [&] { ++starts; });
  const Instance first = f.instantiate(R"((module (import "env" "count" (func $count))
    (memory (export "memory") 1) (data (i32.const 0) "abc") (start $count)))");
  CHECK(starts == 1);
  must(first.memory()).bytes()[1] = std::byte{'x'};
  const Image image = must(Image::freeze(first));
  Store other(f.engine);
  const Instance second = must(f.linker.instantiate(other, image));
  CHECK(starts == 1);
  CHECK(std::memcmp(must(second.memory()).bytes().data(), "axc", 3) == 0);
  must(second.memory()).bytes()[0] = std::byte{'y'};
  CHECK(must(first.memory()).bytes()[0] == std::byte{'a'});
}

TEST_CASE("an image of one store's instance restores that of another", "[exec]") {
  Fixture a;
  Store other(a.engine);
  const Module module = compile(a.engine, changeable);
  const Instance first = must(a.linker.instantiate(a.store, module));
  const Instance second = must(a.linker.instantiate(other, module));
  run(first, "prepare");
  const Image image = must(Image::freeze(first));
  run(second, "spoil");
  must(image.restore(second));
  check_prepared(other, second);
}

TEST_CASE("an instance that trapped anywhere is restored like any other", "[exec]") {
  Fixture f;
  const Instance instance =
      f.instantiate(R"((module (memory (export "memory") 1) (global $g (mut i32) (i32.const 3))
    (func $deep (param i32) (call $deep (i32.add (local.get 0) (i32.const 1))))
    (func (export "run") (param i32) (result i32)
      (global.set $g (i32.add (global.get $g) (i32.const 1)))
      (i32.store (i32.const 0) (i32.const 1))
      (if (i32.eq (local.get 0) (i32.const 1)) (then unreachable))
      (if (i32.eq (local.get 0) (i32.const 2)) (then (call $deep (i32.const 0))))
      (if (i32.eq (local.get 0) (i32.const 3)) (then (loop (br 0))))
      (i32.add (global.get $g) (i32.load (i32.const 4))))))");
  const Image image = must(Image::freeze(instance));
  auto function = must(instance.func<int32_t(int32_t)>("run"));
  for (const int32_t how : {1, 2, 3}) {
    f.store.set_fuel(100'000);
    CHECK_FALSE(function(how).has_value());
    must(image.restore(instance));
    f.store.set_fuel(100'000);
    CHECK(must(function(0)) == 4);
    must(image.restore(instance));
  }
}

TEST_CASE("an image restores only instances of the module that it came from") {
  Fixture f;
  const Instance a = f.instantiate("(module (memory 1))"), b = f.instantiate("(module (memory 1))");
  const Image image = must(Image::freeze(a));
  CHECK(error_of(image.restore(b)).kind() == ErrorKind::usage);
  CHECK(error_of(image.restore(Instance())).kind() == ErrorKind::usage);
  CHECK(error_of(Image::freeze(Instance())).kind() == ErrorKind::usage);
}

TEST_CASE("an instance that runs is neither frozen nor restored") {
  Fixture f;
  std::optional<Image> image;
  std::optional<Error> freeze_error, restore_error;
  f.linker.define("env", "reset", [&](Caller& caller) {
    if (auto frozen = Image::freeze(caller.instance()); !frozen) freeze_error = frozen.error();
    if (auto done = image->restore(caller.instance()); !done) restore_error = done.error();
  });
  const Instance instance = f.instantiate(
      R"((module (import "env" "reset" (func $reset)) (memory 1) (func (export "run") (call $reset))))");
  image = must(Image::freeze(instance));
  run(instance, "run");
  REQUIRE(freeze_error);
  REQUIRE(restore_error);
  CHECK(freeze_error->kind() == ErrorKind::usage);
  CHECK(restore_error->kind() == ErrorKind::usage);
}

TEST_CASE("references to host values cannot be frozen") {
  Fixture f;
  const Instance instance =
      f.instantiate(R"((module (global (export "g") (mut externref) (ref.null extern))))");
  must(must(instance.global("g")).set(Value(externref, must(f.store.make_externref(1)))));
  CHECK(error_of(Image::freeze(instance)).kind() == ErrorKind::usage);
}

TEST_CASE("instances keep the image that they were made from, even after its handle is dropped") {
  Fixture f;
  const Instance instance =
      f.instantiate(R"((module (memory (export "memory") 2) (data (i32.const 70000) "keep")))");
  for (int i = 0; i < 3; ++i) must(must(Image::freeze(instance)).restore(instance));
  CHECK(std::memcmp(must(instance.memory()).bytes().data() + 70'000, "keep", 4) == 0);
}

TEST_CASE("an image takes memory for its contents, not for its size") {
  Fixture f;
  const Instance instance =
      f.instantiate(R"((module (memory (export "memory") 1000) (data (i32.const 5) "x")))");
  CHECK(must(Image::freeze(instance)).bytes() < 10'000);
}

TEST_CASE("an image respects the limits of the store that it is restored into") {
  Fixture f;
  const Instance instance =
      f.instantiate(R"((module (memory 1 10) (func (export "grow") (drop (memory.grow (i32.const 3))))))");
  run(instance, "grow");
  const Image image = must(Image::freeze(instance));
  Store small(f.engine, StoreLimits{.memory_bytes = 2 * 65'536});
  CHECK(error_of(f.linker.instantiate(small, image)).kind() == ErrorKind::limit);
}

TEST_CASE(
    "memories and tables of several stores share a budget; a restored instance gives back what it grew") {
  Fixture f;
  const auto budget = std::make_shared<ByteBudget>(10 * 65'536);
  const Module module = compile(f.engine, changeable);
  const uint64_t rest =
      (4 + 2) * 8 + vm::Layout(*module.data()->module).size; // table, passive segment, instance
  {
    Store a(f.engine), b(f.engine), c(f.engine);
    for (Store* store : {&a, &b, &c}) store->set_budget(budget);
    const Instance first = must(f.linker.instantiate(a, module));
    CHECK(budget->used() == 5 * 65'536 + rest);
    const Image image = must(Image::freeze(first));
    must(must(first.memory()).grow(2));
    CHECK(error_of(must(first.memory()).grow(4)).kind() == ErrorKind::limit);
    CHECK(budget->used() == 7 * 65'536 + rest);
    const Error error = error_of(f.linker.instantiate(b, module));
    CHECK(error.kind() == ErrorKind::limit);
    CHECK(error.message().starts_with("budget_bytes limit exceeded: "));
    CHECK(budget->used() == 7 * 65'536 + rest); // nothing is left
    must(image.restore(first));
    CHECK(budget->used() == 5 * 65'536 + rest);
  }
  CHECK(budget->used() == 0);
}

TEST_CASE("many changed pages are restored, wherever they are", "[exec]") {
  Fixture f;
  const Instance instance = f.instantiate(R"((module (memory (export "memory") 64)
    (func (export "mark") (param $from i32) (param $step i32)
      (loop
        (i32.store (local.get $from) (i32.const -1))
        (br_if 0 (i32.lt_u (local.tee $from (i32.add (local.get $from) (local.get $step))) (i32.const 4194304)))))))");
  const Memory memory = must(instance.memory());
  for (size_t i = 0; i < 2'000'000; i += 5000) memory.bytes()[i] = std::byte{9};
  const std::vector<std::byte> frozen(memory.bytes().begin(), memory.bytes().end());
  const Image image = must(Image::freeze(instance));
  auto mark = must(instance.func<void(int32_t, int32_t)>("mark"));
  for (const int32_t step : {4096, 8192, 65'536, 1'000'000, 12'288, 4096}) {
    INFO(step);
    must(mark(0, step));
    must(image.restore(instance));
    CHECK(std::memcmp(memory.bytes().data(), frozen.data(), frozen.size()) == 0);
  }
}

TEST_CASE("one image serves several threads") {
  Fixture f;
  const Instance instance = f.instantiate(changeable);
  run(instance, "prepare");
  const Image image = must(Image::freeze(instance));
  std::vector<std::thread> threads;
  std::atomic<int> right = 0;
  for (int t = 0; t < 4; ++t)
    threads.emplace_back([&, linker = &f.linker] {
      Store store(f.engine);
      auto mine = linker->instantiate(store, image);
      for (int i = 0; mine && i < 50; ++i) {
        auto load = mine->func<int32_t(int32_t)>("load");
        right += *(*load)(70'000) == 99;
        (void)(*mine->func<void()>("spoil"))();
        (void)image.restore(*mine);
      }
    });
  for (std::thread& thread : threads) thread.join();
  CHECK(right == 200);
}

// Not run by default; makes the figures for docs/rationale.md.
TEST_CASE("time of a reset", "[.][measure]") {
  Fixture f;
  const Instance instance = f.instantiate(R"((module (memory (export "memory") 32 256)))");
  const Memory memory = must(instance.memory());
  for (std::byte& b : memory.bytes()) b = std::byte{1};
  const Image image = must(Image::freeze(instance));
  for (const size_t pages : {0, 1, 4, 16, 32, 64, 256}) {
    std::vector<double> reset, touch;
    for (int i = 0; i < 2000; ++i) {
      using Clock = std::chrono::steady_clock;
      const auto start = Clock::now();
      for (size_t p = 0; p < pages; ++p) memory.bytes()[p * 8192] = std::byte{2};
      const auto touched = Clock::now();
      (void)image.restore(instance);
      reset.push_back(std::chrono::duration<double, std::micro>(Clock::now() - touched).count());
      touch.push_back(std::chrono::duration<double, std::micro>(touched - start).count());
    }
    std::sort(reset.begin(), reset.end()), std::sort(touch.begin(), touch.end());
    WARN(pages << " pages: reset " << reset[1000] << " us (p99 " << reset[1980] << "), writing them "
               << touch[1000]);
  }
}
