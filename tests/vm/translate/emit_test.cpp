// The stages of emission alone: copies of jump targets, and the moves around pinned locals.
#include "tests/support/wasm.hpp"
#include "tests/vm/translate/ir_fixture.hpp"
#include "vm/translate/emit/pin_insertion.hpp"
#include "vm/translate/emit/tail_duplication.hpp"

#include <memory_resource>
#include <string>
#include <vector>

using namespace skerry;
using namespace skerry::test;
using skerry::vm::Operand;
using skerry::vm::OperandType;
using skerry::vm::Operation;

namespace {

using Lines = std::vector<std::string>;

vm::Ir move(uint32_t d, uint32_t a) {
  vm::Ir ir;
  ir.operation = Operation::move;
  ir.d = Operand::slot(d);
  ir.a = Operand::slot(a);
  return ir;
}
vm::Ir of(Operation operation, uint32_t label = 0, int32_t charge = 0) {
  vm::Ir ir;
  ir.operation = operation;
  ir.jump.label = label;
  ir.charge = charge;
  return ir;
}

struct CodeFixture : IrFixture {
  using IrFixture::IrFixture;
  uint32_t add(const vm::Ir& ir) {
    if (ir.operation == Operation::label) {
      while (function.label_positions.size() <= ir.jump.label) function.label_positions.push_back(0);
      function.label_positions[ir.jump.label] = function.code.size();
    }
    function.code.push_back(ir);
    return function.code.size() - 1;
  }
};

/// The operations that result from one when these locals are pinned.
Lines with_pins(CodeFixture& f, const std::pmr::vector<vm::Pin>& pins, vm::Ir ir) {
  vm::PinInsertion insertion(f.function, pins);
  vm::Ir first = of(Operation::label);
  insertion.insert(first, [](const vm::Ir&) {}); // fills the pins
  Lines lines;
  insertion.insert(ir, [&](const vm::Ir& emitted) { lines.push_back(vm::ir_text(emitted, f.function)); });
  return lines;
}

const vm::Pin int_pin{0, {2, Operand::Where::int_register}, OperandType::i32};
const vm::Pin float_pin{1, {1, Operand::Where::vector_register}, OperandType::f64};

} // namespace

TEST_CASE("tail duplication: a jump to a few operations and a jump becomes a copy of them", "[translate]") {
  CodeFixture f;
  const uint32_t jump = f.add(of(Operation::branch, 0, 5));
  f.add(of(Operation::label, 1));
  f.add(of(Operation::unreachable));
  f.add(of(Operation::label, 0));
  f.add(move(7, 8));
  const uint32_t end = f.add(of(Operation::branch, 1, 3));
  f.function.code[end].pending = 4;
  vm::TailDuplication duplication(f.function);
  vm::TailCopy copy;
  REQUIRE(duplication.copy_target(f.function.code[jump], copy));
  REQUIRE(copy.parts().size() == 1);
  CHECK(copy.parts()[0].ir->d.is_slot(7));
  CHECK(copy.parts()[0].owed == 5);
  CHECK(copy.end().jump.label == 1);
  CHECK(copy.end().charge == 8); // what both jumps charge
  CHECK(copy.end().pending == 9);
}

TEST_CASE("tail duplication: some jumps stay", "[translate]") {
  CodeFixture f;
  vm::TailCopy copy;
  SECTION("to themselves") {
    f.add(of(Operation::label, 0));
    f.add(move(7, 8));
    const uint32_t jump = f.add(of(Operation::branch, 0, 1));
    vm::TailDuplication duplication(f.function);
    CHECK_FALSE(duplication.copy_target(f.function.code[jump], copy));
  }
  SECTION("to more operations than are copied") {
    const uint32_t jump = f.add(of(Operation::branch, 0, 1));
    f.add(of(Operation::label, 0));
    for (uint32_t i = 0; i <= vm::TailCopy::most_copied; ++i) f.add(move(i, i + 1));
    f.add(of(Operation::return_none));
    vm::TailDuplication duplication(f.function);
    CHECK_FALSE(duplication.copy_target(f.function.code[jump], copy));
  }
  SECTION("to a call") {
    const uint32_t jump = f.add(of(Operation::branch, 0, 1));
    f.add(of(Operation::label, 0));
    f.add(of(Operation::call));
    f.add(of(Operation::return_none));
    vm::TailDuplication duplication(f.function);
    CHECK_FALSE(duplication.copy_target(f.function.code[jump], copy));
  }
}

TEST_CASE("tail duplication: the copies keep the code linear", "[translate]") {
  CodeFixture f;
  const uint32_t jump = f.add(of(Operation::branch, 0, 1));
  f.add(of(Operation::label, 0));
  for (uint32_t i = 0; i < vm::TailCopy::most_copied; ++i) f.add(move(i, i + 1));
  f.add(of(Operation::return_none));
  vm::TailDuplication duplication(f.function);
  vm::TailCopy copy;
  uint32_t copied = 0;
  for (int i = 0; i < 1000; ++i)
    if (duplication.copy_target(f.function.code[jump], copy))
      copied += static_cast<uint32_t>(copy.parts().size());
  CHECK(copied > 0);
  CHECK(copied <= f.function.code.size() + 64);
}

TEST_CASE("pins: operations read and write the registers", "[translate]") {
  CodeFixture f({OperandType::i32, OperandType::f64});
  const std::pmr::vector<vm::Pin> pins{int_pin, float_pin};
  CHECK(with_pins(f, pins, move(0, 5)) == Lines{"r2 = move [5]"});
  CHECK(with_pins(f, pins, move(5, 0)) == Lines{"[5] = move r2"});
}

TEST_CASE("pins: calls and operations on slots have moves around them", "[translate]") {
  CodeFixture f({OperandType::i32, OperandType::f64});
  const std::pmr::vector<vm::Pin> pins{int_pin, float_pin};
  const Lines call = with_pins(f, pins, of(Operation::call));
  REQUIRE(call.size() == 5);
  CHECK(call[0] == "[0] = move r2");
  CHECK(call[1].ends_with(" v1"));
  CHECK(call[2].starts_with("call"));
  CHECK(call[3] == "r2 = move [0]");
  CHECK(call[4].starts_with("v1 = "));
  // An integer operation on a float's slot: it is written before and read after.
  const Lines read = with_pins(f, pins, move(5, 1));
  REQUIRE(read.size() == 2);
  CHECK(read[0].starts_with("[1] = "));
  CHECK(read[1] == "[5] = move [1]");
  const Lines written = with_pins(f, pins, move(1, 5));
  REQUIRE(written.size() == 2);
  CHECK(written[0] == "[1] = move [5]");
  CHECK(written[1].starts_with("v1 = "));
}

TEST_CASE("pins: parameters are loaded and other locals cleared before the first operation", "[translate]") {
  CodeFixture f({OperandType::i32});
  f.function.first_temp = 8; // slots 3 to 7 hold other locals
  const std::pmr::vector<vm::Pin> pins{int_pin, {3, {1, Operand::Where::int_register}, OperandType::i32}};
  vm::PinInsertion insertion(f.function, pins);
  Lines lines;
  const auto emit = [&](const vm::Ir& emitted) { lines.push_back(vm::ir_text(emitted, f.function)); };
  vm::Ir enter = of(Operation::enter);
  enter.slots = {3, 5};
  insertion.insert(enter, emit);
  CHECK(lines.size() == 1); // the locals are not cleared yet
  vm::Ir label = of(Operation::label);
  insertion.insert(label, emit);
  REQUIRE(lines.size() == 4);
  CHECK(lines[1] == "r2 = move [0]");
  CHECK(lines[2] == "r1 = move 0");
}
