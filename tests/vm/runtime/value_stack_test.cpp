#include "tests/support/wasm.hpp"
#include "vm/runtime/store.hpp"

using namespace skerry;
using namespace skerry::test;

TEST_CASE("moving the stack keeps what is in use") {
  Fixture f;
  vm::Store& store = *f.store.data();
  must(vm::ensure_stack(store));
  const vm::ValueStack before = store.stack;
  auto* slots = reinterpret_cast<uint64_t*>(before.base);
  slots[0] = 11, slots[1] = 22;
  store.run.frame = slots + 1;
  store.run.free = slots + 2;
  const ptrdiff_t distance = vm::move_stack(store);
  REQUIRE(distance != 0);
  CHECK(store.stack.base != before.base);
  CHECK(store.stack.bytes == before.bytes);
  CHECK(store.run.frame[-1] == 11);
  CHECK(store.run.frame[0] == 22);
  CHECK(store.run.free == store.run.frame + 1);
}

TEST_CASE("instances know where the stack ends, also after a move") {
  Fixture f;
  const Instance a = f.instantiate(R"((module (func (export "f"))))");
  CHECK(f.store.data()->stack.base == nullptr); // it does not exist before the first call
  must(must(a.func<void()>("f"))());
  CHECK(a.data()->stack_limit == f.store.data()->stack.limit());
  vm::move_stack(*f.store.data());
  const Instance b = f.instantiate("(module)");
  CHECK(a.data()->stack_limit == f.store.data()->stack.limit());
  CHECK(b.data()->stack_limit == f.store.data()->stack.limit());
}

TEST_CASE("a stack that cannot be allocated is an error") {
  Fixture f(StoreLimits{.stack_bytes = uint64_t{1} << 60});
  const Instance instance = f.instantiate(R"((module (func (export "f"))))");
  CHECK(error_of(must(instance.func<void()>("f"))()).kind() == ErrorKind::limit);
  CHECK(error_of(f.try_instantiate("(module (func $f) (start $f))")).kind() == ErrorKind::limit);
}
