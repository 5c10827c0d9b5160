// Which addresses of threaded code belong to functions that are not translated yet.
#include "tests/catch.hpp"
#include "tests/support/wasm.hpp"
#include "vm/exec/frame_walk.hpp"
#include "vm/runtime/instance.hpp"

#include <cstddef>

using namespace skerry;
using namespace skerry::test;

TEST_CASE("code that begins directly after an instance's functions is not in a stub") {
  Fixture f;
  const Instance instance = f.instantiate("(module (func) (func))");
  vm::FramePosition position(*f.store.data());
  position.instance = instance.data();
  const auto is_in_stub = [&](const void* pc, size_t distance = 0) {
    position.pc = static_cast<const std::byte*>(pc) + distance;
    return position.is_in_stub();
  };
  const vm::FuncInstance* functions = instance.data()->functions[0];
  CHECK(is_in_stub(&functions[0].stub));
  CHECK(is_in_stub(&functions[1].stub));
  for (size_t distance = 0; distance <= sizeof(vm::FuncInstance); distance += 8)
    CHECK_FALSE(is_in_stub(functions + 2, distance));
}
