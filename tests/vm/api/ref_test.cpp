#include "skerry/ref.hpp"

#include "tests/support/wasm.hpp"

#include <array>
#include <optional>
#include <random>
#include <string>
#include <utility>
#include <vector>

using namespace skerry;
using namespace skerry::test;

namespace {

std::string text_of(const Store& store, const Ref& ref) {
  const std::any* value = store.externref_value(ref);
  return value == nullptr ? "none" : std::any_cast<std::string>(*value);
}

Ref make_text(Store& store, std::string text) { return must(store.make_externref(std::move(text))); }

/// A store that is destroyed on demand.
struct Mortal {
  Engine engine;
  std::optional<Store> store{std::in_place, engine};
  Ref make(std::string text) { return make_text(*store, std::move(text)); }
};

} // namespace

TEST_CASE("references can be copied, moved and assigned, also to themselves") {
  Fixture f;
  const uint64_t before = f.store.usage().heap_bytes;
  Ref a = make_text(f.store, "a"), b = make_text(f.store, "b");
  const uint64_t two = f.store.usage().heap_bytes;
  Ref copy = a;
  auto& itself = copy;
  copy = itself;
  copy = std::move(itself);
  CHECK(copy == a);
  CHECK(text_of(f.store, copy) == "a");
  std::swap(a, b);
  CHECK(text_of(f.store, a) == "b");
  CHECK(copy == b);
  Ref moved = std::move(copy);
  CHECK(copy.is_null()); // NOLINT(bugprone-use-after-move)
  CHECK(moved == b);
  CHECK(f.store.usage().heap_bytes == two); // copies cost nothing
  a = b = moved = Ref();
  CHECK(f.store.usage().heap_bytes < two);
  CHECK(f.store.usage().heap_bytes > before); // the host values stay
}

TEST_CASE("references are equal if they refer to the same object") {
  Fixture f;
  const Instance instance = f.instantiate(R"((module (func $f (export "f")) (func $g (export "g"))
    (table (export "t") 2 funcref) (elem (i32.const 0) $f $g)))");
  const Ref func = must(must(instance.func("f")).ref());
  CHECK(func == must(must(instance.func("f")).ref()));
  CHECK(func == must(must(instance.table("t")).get(0)).as_ref());
  CHECK(func != must(must(instance.table("t")).get(1)).as_ref());
  CHECK(func != Ref());
  CHECK(Ref() == Ref());
  CHECK(make_text(f.store, "x") != make_text(f.store, "x"));
}

TEST_CASE("references outlive their store and are then expired") {
  Mortal mortal;
  Ref a = mortal.make("a"), copy = a;
  const Ref b = mortal.make("b");
  Value value(externref, b);
  mortal.store.reset();
  CHECK(a.is_expired());
  CHECK_FALSE(a.is_null());
  CHECK_FALSE(Ref().is_expired());
  CHECK(a == copy);
  CHECK(a != b);
  CHECK(value.as_ref() == b);
  copy = b;
  a = std::move(copy);
  CHECK(a == b);

  Fixture f;
  CHECK(f.store.externref_value(a) == nullptr);
  CHECK(error_of(f.store.to_slot(a)).message() == "the store of the reference was destroyed");
  const Table table = must(Table::create(f.store, {externref, {.min = 1}}, Value(externref, Ref())));
  CHECK(error_of(table.set(0, value)).kind() == ErrorKind::usage);
}

TEST_CASE("references stay valid when their store is moved, and expire when it is replaced") {
  const Engine engine;
  Store first(engine), second(engine);
  const Ref a = make_text(first, "a"), b = make_text(second, "b");
  Store moved = std::move(first);
  CHECK(text_of(moved, a) == "a");
  CHECK_FALSE(a.is_expired());
  second = std::move(moved);
  CHECK(b.is_expired());
  CHECK(text_of(second, a) == "a");
}

TEST_CASE("host values and host functions may hold references to their own store") {
  Mortal mortal;
  Ref inner = mortal.make("inner");
  const Ref outer = must(mortal.store->make_externref(std::vector<Ref>{inner, inner}));
  const Func func = must(Func::create(*mortal.store, [inner] { return inner; }));
  CHECK(must(must(func.typed<Ref()>())()) == inner);
  mortal.store.reset();
  CHECK(outer.is_expired());
}

TEST_CASE("references of another store are refused everywhere", "[exec]") {
  Fixture f;
  Store other(f.engine);
  Ref foreign = make_text(other, "foreign");
  f.linker.define("env", "give", [&] { return foreign; });
  const Instance instance = f.instantiate(R"((module
    (import "env" "give" (func $give (result externref)))
    (global (export "g") (mut externref) (ref.null extern))
    (table (export "t") 1 externref)
    (func (export "take") (param externref))
    (func (export "get") (result externref) (call $give))))");
  const Value value(externref, foreign);
  const auto is_refused = [](const Error& error) {
    return error.kind() == ErrorKind::usage && error.message() == "the reference belongs to another store";
  };
  CHECK(is_refused(error_of(must(instance.global("g")).set(value))));
  CHECK(is_refused(error_of(must(instance.table("t")).set(0, value))));
  CHECK(is_refused(error_of(must(instance.table("t")).grow(1, value))));
  CHECK(is_refused(error_of(Global::create(f.store, {externref, true}, value))));
  CHECK(is_refused(error_of(must(instance.func<void(Ref)>("take"))(foreign))));
  CHECK(is_refused(error_of(must(instance.func<Ref()>("get"))())));
  CHECK(is_refused(error_of(f.store.to_slot(foreign))));
  CHECK(error_of(must(instance.func("take")).call(std::array{value}))
            .message()
            .starts_with("the reference belongs to another store"));
}

TEST_CASE("a function reference is not an externref for typed functions", "[exec]") {
  Fixture f;
  const Instance instance = f.instantiate(R"((module
    (func $f (export "take") (param externref))
    (func (export "null") (param externref) (result i32) (ref.is_null (local.get 0)))))");
  const auto take = must(instance.func<void(Ref)>("take"));
  CHECK(error_of(take(must(take.func().ref()))).kind() == ErrorKind::usage);
  CHECK(must(must(instance.func<int32_t(Ref)>("null"))(Ref())) == 1);
}

TEST_CASE("slots of raw calls become references and back", "[exec]") {
  Fixture f;
  std::string seen;
  f.linker.define_raw("env", "see", FuncType{{externref, i32}, {externref}},
                      [&](Caller& caller, std::span<uint64_t> slots) -> Result<void> {
                        auto ref = caller.to_ref(slots[0]);
                        if (!ref) return fail(std::move(ref.error()));
                        seen = text_of(f.store, *ref);
                        auto slot = caller.to_slot(*ref);
                        if (!slot) return fail(std::move(slot.error()));
                        slots[0] = *slot;
                        return {};
                      });
  const Instance instance = f.instantiate(R"((module
    (import "env" "see" (func $see (param externref i32) (result externref)))
    (func (export "run") (param externref) (result externref) (call $see (local.get 0) (i32.const 1)))))");
  const Ref ref = make_text(f.store, "mine");
  std::array<uint64_t, 1> slots = {must(f.store.to_slot(ref))};
  must(must(instance.func("run")).call_raw(slots));
  CHECK(must(f.store.to_ref(slots[0])) == ref);
  CHECK(seen == "mine");
  CHECK(must(f.store.to_slot(Ref())) == 0);
  CHECK(must(f.store.to_ref(0)).is_null());
}

TEST_CASE("values show no bits of references") {
  Fixture f;
  const Value value(externref, make_text(f.store, "x"));
  CHECK(value.lo() == 0);
  CHECK(value.hi() == 0);
  CHECK(Value::from_slots(externref, 12345).as_ref().is_null());
  CHECK(Value(i32, value.as_ref()).type() == ValType());
  CHECK(Value(7).as_ref().is_null());
}

TEST_CASE("references that the embedder holds count against heap_bytes") {
  Fixture f(StoreLimits{.heap_bytes = 1000});
  const Instance instance = f.instantiate("(module (func (export \"f\") (result funcref) (ref.func 0)))");
  const Func func = must(instance.func("f"));
  std::vector<Ref> held;
  std::optional<Error> error;
  while (!error) {
    if (auto ref = func.ref())
      held.push_back(std::move(*ref));
    else
      error = ref.error();
  }
  CHECK(held.size() == 25);
  CHECK(error->message() == "heap_bytes limit exceeded: 1040 asked, 1000 allowed");
  CHECK(error_of(func.call({})).kind() == ErrorKind::limit);
  CHECK(error_of(must(instance.func<Ref()>("f"))()).kind() == ErrorKind::limit);
  held.pop_back();
  CHECK(must(func.call({}))[0].as_ref() == held[0]);
  held.clear();
  CHECK(f.store.usage().heap_bytes == 0);
}

TEST_CASE("a million references can be held and dropped in any order") {
  Fixture f;
  const Instance instance = f.instantiate("(module (func (export \"f\")))");
  const Func func = must(instance.func("f"));
  constexpr size_t count = 1'000'000;
  std::vector<Ref> held;
  held.reserve(count);
  for (size_t i = 0; i < count; ++i) held.push_back(must(func.ref()));
  CHECK(f.store.usage().heap_bytes == count * 40);
  std::mt19937 random(1);
  for (size_t i = 0; i < count; ++i) held[random() % count] = i % 3 == 0 ? Ref() : held[random() % count];
  held.clear();
  CHECK(f.store.usage().heap_bytes == 0);
}

TEST_CASE("roots are released in the end, in whatever order references, values and stores are dropped") {
  const Engine engine;
  std::vector<std::optional<Store>> stores(4);
  std::vector<Ref> refs(50);
  std::vector<Value> values(50);
  std::mt19937 random(2);
  const auto some = [&](auto& list) -> auto& { return list[random() % list.size()]; };
  for (int step = 0; step < 100'000; ++step) {
    std::optional<Store>& store = some(stores);
    switch (random() % 10) {
    case 0:
      if (random() % 10 == 0) store.reset();
      break;
    case 1:
      if (!store) store.emplace(engine);
      break;
    case 2:
      if (store) some(refs) = make_text(*store, "text");
      break;
    case 3: some(refs) = some(refs); break;
    case 4: some(refs) = std::move(some(refs)); break;
    case 5: some(values) = Value(externref, some(refs)); break;
    case 6: some(values) = some(values); break;
    case 7: some(values) = std::move(some(values)); break;
    case 8: some(values) = Value(step); break;
    default: some(refs) = some(values).as_ref(); break;
    }
    const Ref& ref = some(refs);
    if (store && store->externref_value(ref) != nullptr) CHECK(text_of(*store, ref) == "text");
  }
}
