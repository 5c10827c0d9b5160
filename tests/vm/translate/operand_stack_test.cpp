// The symbolic operand stack alone: what it emits, when, and which slots its entries have.
#include "tests/support/wasm.hpp"
#include "tests/vm/translate/ir_fixture.hpp"
#include "vm/translate/lower/operand_stack.hpp"

#include <string>
#include <vector>

using namespace skerry;
using namespace skerry::test;
using skerry::vm::OperandType;
using skerry::vm::StackEntry;

namespace {

using Lines = std::vector<std::string>;

/// A stack of a function with two i32 parameters, whose operands begin at slot 4.
struct StackFixture : IrFixture {
  vm::FuelAccount fuel;
  vm::IrBuilder ir{function.code, fuel};
  vm::OperandStack stack{function, ir, arena};

  StackFixture() : IrFixture({OperandType::i32, OperandType::i32}) { stack.begin(function.first_temp); }

  void push_constant(uint64_t value) { stack.push(StackEntry::of_constant(OperandType::i32, value)); }
  /// Adds the top two values.
  void add() {
    const StackEntry b = stack.pop(), a = stack.pop();
    vm::Ir& added = ir.emit(vm::Operation::binary);
    added.opcode = vm::Opcode::i32_add;
    added.a = stack.operand(a);
    added.b = stack.operand(b);
    added.number.constant = b.constant();
    added.d = vm::Operand::slot(a.slot);
    stack.push_result(OperandType::i32);
  }
};

/// Types that outlive the entries, as those of a module do.
struct Types {
  std::vector<uint8_t> codes;
  explicit Types(std::initializer_list<ValType> types) {
    for (const ValType type : types) codes.push_back(vm::code_of(type));
  }
  explicit Types(size_t count) : codes(count, vm::code_of(i32)) {}
  vm::TypeList list() const { return {codes.data(), nullptr, static_cast<uint32_t>(codes.size()), 0}; }
};

} // namespace

TEST_CASE("operand stack: locals and constants emit nothing until they are read", "[translate]") {
  StackFixture f;
  f.stack.get_local(1);
  f.push_constant(7);
  CHECK(f.text().empty());
  CHECK(f.stack.next_slot() == 6);
  f.add();
  CHECK(f.text() == Lines{"[4] = i32.add [1], 7"});
  CHECK(f.stack.height() == 1);
  CHECK(f.stack.max_slot() == 6);
}

TEST_CASE("operand stack: an entry that reads a local is moved before the local changes", "[translate]") {
  StackFixture f;
  f.stack.get_local(0);
  f.stack.get_local(1);
  f.stack.get_local(0);
  f.push_constant(1);
  f.stack.set_local(0, false);
  CHECK(f.text() == Lines{"[6] = move [0]", "[4] = move [0]", "[0] = move 1"});
  CHECK(f.stack.operand(f.stack.pop()).is_slot(6));
  CHECK(f.stack.operand(f.stack.pop()).is_slot(1)); // reads the local that did not change
  CHECK(f.stack.operand(f.stack.pop()).is_slot(4));
}

TEST_CASE("operand stack: the last operation writes directly to the local", "[translate]") {
  StackFixture f;
  f.stack.get_local(0);
  f.push_constant(1);
  f.add();
  SECTION("nothing reads the local") {
    f.stack.set_local(1, false);
    CHECK(f.text() == Lines{"[1] = i32.add [0], 1"});
  }
  SECTION("an entry reads the old value, and is moved first") {
    const StackEntry sum = f.stack.pop();
    f.stack.get_local(1);
    f.stack.push(sum);
    // The sum's slot is now above the other entry's, so the operation cannot write elsewhere.
    f.stack.set_local(1, false);
    CHECK(f.text() == Lines{"[4] = i32.add [0], 1", "[4] = move [1]", "[1] = move [5]"});
  }
  SECTION("a label follows the operation") {
    f.ir.seal();
    f.stack.set_local(1, false);
    CHECK(f.text() == Lines{"[4] = i32.add [0], 1", "[1] = move [4]"});
  }
  SECTION("local.tee leaves the local on the stack") {
    f.stack.set_local(1, true);
    CHECK(f.text() == Lines{"[1] = i32.add [0], 1"});
    CHECK(f.stack.operand(f.stack.pop()).is_slot(1));
  }
}

TEST_CASE("operand stack: a local that is set to itself emits nothing", "[translate]") {
  StackFixture f;
  f.stack.get_local(0);
  f.stack.set_local(0, false);
  CHECK(f.text().empty());
}

TEST_CASE("operand stack: vectors take two slots and have their own move", "[translate]") {
  IrFixture f{OperandType::v128, OperandType::f64};
  vm::FuelAccount fuel;
  vm::IrBuilder ir(f.function.code, fuel);
  vm::OperandStack stack(f.function, ir, f.arena);
  stack.begin(f.function.first_temp);
  stack.get_local(0);
  stack.get_local(1);
  CHECK(stack.next_slot() == 8);
  stack.settle(2);
  CHECK(f.text().size() == 2);
  CHECK(ir[0].operation != vm::Operation::move);
  CHECK(ir[1].operation == vm::Operation::move128);
  CHECK(ir[0].keep);
  CHECK(ir[1].keep);
}

TEST_CASE("operand stack: many values are one entry, which divides", "[translate]") {
  StackFixture f;
  const Types many(40), few(10);
  f.stack.push_all(many.list());
  CHECK(f.stack.height() == 1);
  CHECK(f.stack.next_slot() == 44);
  CHECK(f.stack.first_slot_of(few.list()) == 34);

  SECTION("values are popped from its end") {
    CHECK(f.stack.pop().slot == 43);
    CHECK(f.stack.pop().slot == 42);
    CHECK(f.stack.height() == 1);
    f.stack.drop(few.list());
    CHECK(f.stack.next_slot() == 32);
  }
  SECTION("a block's parameters become a separate entry") {
    CHECK(f.stack.begin_of_top(few.list()) == 1);
    CHECK(f.stack.height() == 2);
    f.stack.truncate(1);
    CHECK(f.stack.next_slot() == 34);
  }
  SECTION("the rest remains a run") {
    f.stack.drop(few.list());
    CHECK(f.stack.height() == 1);
    CHECK(f.stack.pop().slot == 33);
  }
  SECTION("settling them again emits nothing") {
    f.stack.settle_for_long(many.list());
    f.stack.settle(40);
    CHECK(f.text().empty());
  }
  SECTION("all can be popped one by one") {
    for (uint32_t slot = 44; slot-- > 4;) REQUIRE(f.stack.pop().slot == slot);
    CHECK(f.stack.height() == 0);
  }
}

TEST_CASE("operand stack: many settled values become a run", "[translate]") {
  StackFixture f;
  const Types many(20);
  for (uint32_t i = 0; i < 20; ++i) f.push_constant(i);
  f.stack.settle_for_long(many.list());
  CHECK(f.text().size() == 20);
  CHECK(f.stack.height() == 1);
  f.stack.settle_for_long(many.list());
  CHECK(f.text().size() == 20);
}

TEST_CASE("operand stack: the types in a run keep their sizes and registers", "[translate]") {
  StackFixture f;
  Types types(20);
  types.codes[18] = vm::code_of(v128);
  types.codes[19] = vm::code_of(externref);
  f.stack.push_all(types.list());
  CHECK(f.stack.next_slot() == 4 + 21);
  CHECK(f.stack.pop().type == OperandType::ref);
  const StackEntry vector = f.stack.pop();
  CHECK(vector.type == OperandType::v128);
  CHECK(vector.slot == 22);
}
