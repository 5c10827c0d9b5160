// Memory runs out while functions run: in translation, host functions, growth, traps, suspensions and images.
#include "tests/out_of_memory/sweep.hpp"
#include "tests/support/wasm.hpp"

#include "skerry/func.hpp"
#include "skerry/image.hpp"
#include "skerry/suspendable_call.hpp"

#include <any>
#include <array>
#include <optional>
#include <string>
#include <vector>

namespace skerry::test {

namespace {

constexpr std::string_view guest = R"((module $guest
  (import "host" "text" (func $text (param i32 i32) (result i32)))
  (import "host" "bare" (func $bare (result i32)))
  (memory (export "memory") 1 100) (table $t 8 1000 funcref) (global $g (mut i32) (i32.const 0))
  (func (export "add") (param i32) (result i32) (i32.add (local.get 0) (i32.const 1)))
  (func $down (param i32) (result i32)
    (if (i32.eqz (local.get 0)) (then (unreachable)))
    (call $down (i32.sub (local.get 0) (i32.const 1))))
  (func (export "trap") (param i32) (result i32) (call $down (i32.const 30)))
  (func (export "outside") (param i32) (result i32) (i32.load (i32.const 7000000)))
  (func (export "text") (param i32) (result i32) (call $text (i32.const 0) (i32.const 40)))
  (func (export "bad text") (param i32) (result i32) (call $text (i32.const 0) (i32.const 7000000)))
  (func (export "bare") (param i32) (result i32) (call $bare))
  (func (export "grow") (param i32) (result i32) (memory.grow (i32.const 1)))
  (func (export "table grow") (param i32) (result i32) (table.grow $t (ref.null func) (i32.const 10)))
  (func (export "indirect") (param i32) (result i32) (call_indirect $t (param i32) (result i32)
    (local.get 0) (i32.const 0)))
  (func (export "fill") (param i32) (result i32)
    (memory.fill (i32.const 0) (i32.const 65) (i32.const 60000)) (i32.const 1))
  (func (export "drop") (param i32) (result i32) (elem.drop $e) (i32.const 1))
  (func (export "loop") (param i32) (result i32)
    (loop $l (global.set $g (i32.add (global.get $g) (i32.const 1)))
      (br_if $l (i32.rem_u (global.get $g) (i32.const 500))))
    (i32.const 1))
  (elem (i32.const 0) 2)
  (elem $e func 2 3)))";

struct Named {
  std::string_view name;
  ErrorCode trap = ErrorCode::none; // expected end of the call
};
constexpr std::array calls = {Named{"add"},
                              Named{"trap", ErrorCode::unreachable},
                              Named{"outside", ErrorCode::out_of_bounds_memory_access},
                              Named{"text"},
                              Named{"bad text", ErrorCode::out_of_bounds_memory_access},
                              Named{"bare"},
                              Named{"grow"},
                              Named{"table grow"},
                              Named{"indirect"},
                              Named{"fill"},
                              Named{"drop"},
                              Named{"loop"}};

/// Host functions that allocate: one is a callable, whose exceptions are caught with it; the other is raw.
void define_host(Linker& linker) {
  linker.define("host", "text", [](std::string_view text) -> Result<int32_t> {
    const std::string copy(text.empty() ? "nothing, but longer than a short string" : std::string(text));
    return static_cast<int32_t>(copy.size());
  });
  linker.define_native(
      "host", "bare", {{}, {i32}},
      [](void*, Caller&, uint64_t* slots) {
        const std::string copy(100, 'x');
        slots[0] = copy.size();
        return true;
      },
      nullptr);
}

/// One store with an instance that is made before memory runs out.
struct Prepared {
  Prepared() : module(compile(engine, guest)) {
    define_host(linker);
    instance.emplace(must(linker.instantiate(store, module)));
  }
  Engine engine{test_config()};
  Store store{engine};
  Linker linker{engine};
  Module module;
  std::optional<Instance> instance;
};

/// Calls all functions one after the other, each for the first time. Whichever fails, the next ones still
/// work.
class Calling {
public:
  Calling() {
    for (size_t i = 0; i < calls.size(); ++i) functions_[i] = must(made_.instance->func(calls[i].name));
  }
  void attempt() {
    for (size_t i = 0; i < calls.size(); ++i) call(i);
  }
  void check(bool may_fail) {
    check_ends(may_fail);
    attempt();
    check_ends(false);
    CHECK(made_.linker.instantiate(made_.store, made_.module));
  }

private:
  void call(size_t i) {
    errors_[i].reset();
    const Value argument(int32_t{5});
    if (auto done = functions_[i].call(std::span(&argument, 1)); !done)
      errors_[i].emplace(std::move(done.error()));
  }
  void check_ends(bool may_fail) const {
    for (size_t i = 0; i < calls.size(); ++i) {
      INFO(calls[i].name << ": " << (errors_[i] ? errors_[i]->describe() : "done"));
      if (may_fail && errors_[i] && says_out_of_memory(*errors_[i])) continue;
      CHECK((errors_[i] ? errors_[i]->code() : ErrorCode::none) == calls[i].trap);
    }
  }

  Prepared made_;
  std::array<Func, calls.size()> functions_;
  std::array<std::optional<Error>, calls.size()> errors_;
};

/// Makes everything that can be made from a compiled module.
class Making {
public:
  Making() : func_(must(must(made_.instance->func("add")).ref())) {
    define_host(made_.linker);
    errors_.reserve(16);
  }
  void attempt() {
    keep(made_.linker.instantiate(made_.store, made_.module));
    keep(Memory::create(made_.store, {{.min = 1, .max = 2, .has_max = true}}));
    keep(Table::create(made_.store, {funcref, {.min = 100}}, Value(funcref, func_))
             .and_then([](const Table& table) { return table.get(99); }));
    keep(Global::create(made_.store, {i64, true}, Value(int64_t{1})));
    keep(made_.instance->func("no such export, whatever memory there is"));
    keep(made_.instance->memory("memory"));
    if (std::any value; make_value(value)) keep(made_.store.make_externref(std::move(value)));
    keep(made_.instance->func("add").and_then([](const Func& func) { return func.ref(); }));
    keep(Func::create_native(made_.store, type_, [](void*, Caller&, uint64_t*) { return true; }, nullptr));
  }
  void check(bool may_fail) {
    for (const Error& error : errors_) {
      INFO(error.describe());
      const bool is_expected = error.kind() == ErrorKind::usage; // of the missing export
      CHECK((is_expected || (may_fail && says_out_of_memory(error))));
    }
    const StoreUsage before = made_.store.usage();
    REQUIRE(Memory::create(made_.store, {{.min = 1}}));
    CHECK(made_.store.usage().memory_bytes == before.memory_bytes + 65'536);
    CHECK(before.memory_bytes % 65'536 == 0);
    CHECK(made_.linker.instantiate(made_.store, made_.module));
    CHECK(made_.store.make_externref(1));
  }

private:
  /// The embedder's own allocation.
  static bool make_value(std::any& value) {
    try {
      value = std::string(100, 'x');
      return true;
    } catch (const std::bad_alloc&) {
      return false;
    }
  }
  template <class T> void keep(Result<T>&& result) {
    if (!result) errors_.push_back(std::move(result.error()));
  }

  Prepared made_;
  Ref func_;
  const FuncType type_{{i32, f64}, {i64}};
  std::vector<Error> errors_;
};

/// A call that stops because its fuel is used up, and resumes.
class Suspending {
public:
  Suspending() : loop_(must(made_.instance->func("loop"))) {}
  void attempt() {
    const Value argument(int32_t{5});
    auto call = SuspendableCall::prepare(loop_, std::span(&argument, 1));
    if (!call) return keep(std::move(call.error()));
    for (int turns = 0; turns < 50; ++turns) {
      made_.store.set_fuel(200);
      auto state = call->run();
      if (!state) return keep(std::move(state.error()));
      if (*state == SuspendableCall::State::finished) return;
    }
  }
  void check(bool may_fail) {
    if (error_) CHECK((may_fail && says_out_of_memory(*error_)));
    made_.store.set_fuel(1'000'000);
    const Value argument(int32_t{5});
    CHECK(loop_.call(std::span(&argument, 1)));
  }

private:
  void keep(Error error) { error_.emplace(std::move(error)); }
  Prepared made_;
  Func loop_;
  std::optional<Error> error_;
};

/// Makes an image, makes new instances from it, and resets old ones to it.
class Freezing {
public:
  void attempt() {
    auto image = Image::freeze(*made_.instance);
    if (!image) return keep(std::move(image.error()));
    auto another = made_.linker.instantiate(made_.store, *image);
    if (!another) return keep(std::move(another.error()));
    const Value argument(int32_t{5});
    (void)another->func("table grow").value_or(Func()).call(std::span(&argument, 1));
    (void)another->func("drop").value_or(Func()).call(std::span(&argument, 1));
    if (auto done = image->restore(*another); !done) keep(std::move(done.error()));
  }
  void check(bool may_fail) {
    if (error_) {
      INFO(error_->describe());
      CHECK((may_fail && says_out_of_memory(*error_)));
    }
    const auto image = Image::freeze(*made_.instance);
    REQUIRE(image);
    CHECK(made_.linker.instantiate(made_.store, *image));
    CHECK(image->restore(*made_.instance));
  }

private:
  void keep(Error error) { error_.emplace(std::move(error)); }
  Prepared made_;
  std::optional<Error> error_;
};

/// Instantiation reports definitions that could not be made.
class Defining {
public:
  void attempt() {
    try {
      Linker linker(made_.engine);
      define_host(linker); // the embedder's own code copies the callable and may throw
      if (auto instance = linker.instantiate(made_.store, made_.module); !instance)
        error_.emplace(std::move(instance.error()));
    } catch (const std::bad_alloc&) { // of a constructor
    }
  }
  void check(bool may_fail) {
    if (error_) CHECK((may_fail && says_out_of_memory(*error_)));
    CHECK(made_.linker.instantiate(made_.store, made_.module));
  }

private:
  Prepared made_;
  std::optional<Error> error_;
};

} // namespace

TEST_CASE("memory that runs out during a call ends the call, and the next call works", "[exec]") {
  sweep<Calling>(300);
}

TEST_CASE("memory that runs out while something is made in a store leaves the store as it was") {
  sweep<Making>(300);
}

TEST_CASE("memory that runs out while a call is suspended is an error", "[exec]") { sweep<Suspending>(100); }

TEST_CASE("memory that runs out while an instance is frozen or restored is an error") {
  sweep<Freezing>(300);
}

TEST_CASE("memory that runs out while imports are defined is an error of instantiation") {
  sweep<Defining>(200);
}

TEST_CASE("a reference that cannot be made is an error") {
  Prepared made;
  const Func func = must(made.instance->func("add"));
  const Ref ref = must(func.ref());
  const uint64_t slot = must(made.store.to_slot(ref)), heap = made.store.usage().heap_bytes;
  std::optional<Result<Ref>> again, from_slot;
  Ref copy;
  {
    const FailingAllocator failing(1, Failing::from_then_on);
    again.emplace(func.ref());
    from_slot.emplace(made.store.to_ref(slot));
    copy = ref; // needs no memory
  }
  CHECK(says_out_of_memory(error_of(*again)));
  CHECK(says_out_of_memory(error_of(*from_slot)));
  CHECK(made.store.usage().heap_bytes == heap);
  CHECK(must(func.ref()) == copy);
}

TEST_CASE("a trap needs no memory") {
  Prepared made;
  for (const Named& call : calls) {
    if (call.trap == ErrorCode::none) continue;
    const Func function = must(made.instance->func(call.name));
    std::array<uint64_t, 1> slots = {5};
    REQUIRE_FALSE(function.call_raw(slots)); // translated now
    std::optional<Result<void>> done;
    {
      const FailingAllocator failing(1, Failing::from_then_on);
      done.emplace(function.call_raw(slots));
    }
    REQUIRE_FALSE(*done);
    INFO(call.name);
    CHECK(done->error().code() == call.trap);
    CHECK(done->error().message().starts_with(code_message(call.trap)));
  }
}

TEST_CASE("the out-of-memory error needs no memory") {
  std::optional<Error> bare, copied;
  {
    const FailingAllocator failing(1, Failing::from_then_on);
    bare.emplace(Error::out_of_memory("testing"));
    bare->with_detail(", which nobody could write down").with_func(7).with_offset(8);
    copied.emplace(*bare);
  }
  CHECK(says_out_of_memory(*bare));
  CHECK(says_out_of_memory(*copied));
  CHECK(bare->code() == ErrorCode::limit_exceeded);
  CHECK(bare->func_index() == Error::no_func);
  const Error full = Error::out_of_memory("testing");
  CHECK(full.message().starts_with("out of memory while testing: "));
  Error changed = full;
  changed.with_offset(8);
  CHECK(changed.offset() == 8);
  CHECK(full.offset() == Error::no_offset);
}

TEST_CASE("changing one trap does not change another") {
  Error changed = Error::trap(ErrorCode::unreachable);
  changed.with_detail(": here").with_offset(3);
  CHECK(changed.message() == "unreachable: here");
  const Error untouched = Error::trap(ErrorCode::unreachable);
  CHECK(untouched.message() == "unreachable");
  CHECK(untouched.offset() == Error::no_offset);
}

} // namespace skerry::test
