// Which earlier operations the IR builder lets later instructions change.
#include "tests/support/wasm.hpp"
#include "tests/vm/translate/ir_fixture.hpp"
#include "vm/translate/lower/ir_builder.hpp"

using namespace skerry;
using namespace skerry::test;
using skerry::vm::IrBuilder;
using skerry::vm::Operand;
using skerry::vm::Operation;

namespace {

struct BuilderFixture : IrFixture {
  vm::FuelAccount fuel;
  IrBuilder ir{function.code, fuel};

  /// Emits d := op(a, b) and returns its index.
  uint32_t binary(uint32_t d, uint32_t a, uint32_t b, vm::Opcode opcode = vm::Opcode::i32_add) {
    vm::Ir& added = ir.emit(Operation::binary);
    added.opcode = opcode;
    added.d = Operand::slot(d);
    added.a = Operand::slot(a);
    added.b = Operand::slot(b);
    return ir.last();
  }
};

} // namespace

TEST_CASE("IR builder: operations record the offset, the fuel owed and the loops around them",
          "[translate]") {
  BuilderFixture f;
  f.fuel.owe(3);
  f.ir.set_offset(77);
  f.ir.enter_loop();
  const vm::Ir& ir = f.ir.emit(Operation::move);
  CHECK(ir.offset == 77);
  CHECK(ir.pending == 3);
  CHECK(ir.depth == 1);
  for (int i = 0; i < 300; ++i) f.ir.enter_loop();
  CHECK(f.ir.emit(Operation::move).depth == 255);
}

TEST_CASE("IR builder: a pure operation can be merged while nothing in between changes it", "[translate]") {
  BuilderFixture f;
  const uint32_t sum = f.binary(5, 0, 1);
  REQUIRE(f.ir.find_pure(sum, 5) == &f.ir[sum]);
  CHECK(f.ir.find_pure(sum, 6) == nullptr);
  CHECK(f.ir.find_pure(IrBuilder::none, 5) == nullptr);

  SECTION("an operation on other slots") {
    f.binary(7, 2, 3);
    CHECK(f.ir.find_pure(sum, 5) != nullptr);
  }
  SECTION("an operation that writes one of its operands") {
    f.binary(1, 2, 3);
    CHECK(f.ir.find_pure(sum, 5) == nullptr);
  }
  SECTION("an operation that writes its result") {
    f.binary(5, 2, 3);
    CHECK(f.ir.find_pure(sum, 5) == nullptr);
  }
  SECTION("barriers") {
    f.ir.emit(GENERATE(Operation::label, Operation::call, Operation::call_ref, Operation::stack_op,
                       Operation::copy_slots, Operation::count_branch));
    CHECK(f.ir.find_pure(sum, 5) == nullptr);
  }
  SECTION("a value that must be in its slot") {
    f.ir[sum].keep = true;
    CHECK(f.ir.find_pure(sum, 5) == nullptr);
  }
  SECTION("a sealed operation") {
    f.ir.seal();
    CHECK(f.ir.find_pure(sum, 5) == nullptr);
  }
  SECTION("too many operations in between") {
    for (uint32_t i = 0; i < 24; ++i) f.binary(10 + i, 2, 3);
    CHECK(f.ir.find_pure(sum, 5) != nullptr);
    f.binary(40, 2, 3);
    CHECK(f.ir.find_pure(sum, 5) == nullptr);
  }
}

TEST_CASE("IR builder: an operation that may trap is not merged", "[translate]") {
  BuilderFixture f;
  CHECK(f.ir.find_pure(f.binary(5, 0, 1, vm::Opcode::i32_div_s), 5) == nullptr);
  vm::Ir& load = f.ir.emit(Operation::load);
  load.d = Operand::slot(6);
  CHECK(f.ir.find_pure(f.ir.last(), 6) == nullptr);
}

TEST_CASE("IR builder: removed operations at the end disappear, up to the seal", "[translate]") {
  BuilderFixture f;
  const uint32_t first = f.binary(5, 0, 1);
  f.ir.seal();
  const uint32_t second = f.binary(6, 0, 1), third = f.binary(7, 0, 1);
  f.ir.remove(second);
  CHECK(f.ir.size() == 3);
  CHECK(f.ir.last_open() == third);
  f.ir.remove(third);
  CHECK(f.ir.size() == 1);
  CHECK(f.ir.last_open() == IrBuilder::none);
  CHECK(f.ir[first].operation == Operation::binary);
}

TEST_CASE("IR builder: the writer of a slot is found within a distance, after the seal", "[translate]") {
  BuilderFixture f;
  f.binary(5, 0, 1);
  f.ir.seal();
  const uint32_t writer = f.binary(6, 0, 1);
  f.binary(7, 0, 1);
  CHECK(f.ir.find_writer(6, f.ir.size()) == writer);
  CHECK(f.ir.find_writer(6, writer) == IrBuilder::none);
  CHECK(f.ir.find_writer(5, f.ir.size()) == IrBuilder::none);
  for (uint32_t i = 0; i < 30; ++i) f.binary(10 + i, 0, 1);
  CHECK(f.ir.find_writer(6, f.ir.size()) == IrBuilder::none);
}
