// Labels and the fuel account: what each path to a label charges, and when a check is due.
#include "tests/support/wasm.hpp"
#include "tests/vm/translate/ir_fixture.hpp"
#include "vm/translate/lower/labels.hpp"

using namespace skerry;
using namespace skerry::test;
using skerry::vm::longest_stretch;
using skerry::vm::Operation;

namespace {

struct LabelsFixture : IrFixture {
  vm::FuelAccount fuel;
  vm::IrBuilder ir{function.code, fuel};
  vm::Labels labels{function, ir, fuel, arena};

  /// Branches to the label after `instructions`, and returns the index of the branch.
  uint32_t branch_after(int32_t instructions, uint32_t label) {
    fuel.owe(instructions);
    ir.emit(Operation::branch);
    labels.refer_last(label);
    return ir.last();
  }
};

} // namespace

TEST_CASE("labels: every path to a label owes the same there", "[translate][fuel]") {
  LabelsFixture f;
  const uint32_t end = f.labels.add();
  const uint32_t first = f.branch_after(3, end);  // owes 3
  const uint32_t second = f.branch_after(4, end); // owes 7
  f.fuel.owe(2);
  f.labels.bind(end, true);
  CHECK(f.fuel.owed() == 9); // code that falls through owes what it did
  CHECK(f.ir[first].charge == 3 - 9);
  CHECK(f.ir[second].charge == 7 - 9);
  CHECK(f.function.label_positions[end] == f.ir.last());
}

TEST_CASE("labels: if no code falls through, the first branch decides what is owed", "[translate][fuel]") {
  LabelsFixture f;
  const uint32_t end = f.labels.add();
  const uint32_t first = f.branch_after(3, end), second = f.branch_after(4, end);
  f.labels.bind(end, false);
  CHECK(f.fuel.owed() == 3);
  CHECK(f.ir[first].charge == 0);
  CHECK(f.ir[second].charge == 4);
}

TEST_CASE("labels: a branch to a loop charges what the body has added", "[translate][fuel]") {
  LabelsFixture f;
  const uint32_t loop = f.labels.add();
  f.fuel.owe(5);
  f.labels.bind(loop, true);
  CHECK(f.labels.is_bound(loop));
  const uint32_t branch = f.branch_after(11, loop);
  CHECK(f.ir[branch].back);
  CHECK(f.ir[branch].charge == 11);
}

TEST_CASE("labels: redirected branches lead to the other label", "[translate][fuel]") {
  LabelsFixture f;
  const uint32_t from = f.labels.add(), to = f.labels.add();
  const uint32_t one = f.branch_after(1, from), two = f.branch_after(1, to), three = f.branch_after(1, from);
  f.labels.redirect(from, to);
  CHECK_FALSE(f.labels.is_referred_to(from));
  f.labels.bind(to, false);
  for (const uint32_t branch : {one, two, three}) CHECK(f.ir[branch].jump.label == to);
  CHECK(f.ir[one].charge + f.fuel.owed() == 1);
  CHECK(f.ir[three].charge + f.fuel.owed() == 3);
}

TEST_CASE("labels: entries of branch tables are charged like branches", "[translate][fuel]") {
  LabelsFixture f;
  const uint32_t loop = f.labels.add(), end = f.labels.add();
  f.labels.bind(loop, true);
  f.fuel.owe(6);
  vm::BranchTarget targets[2];
  f.function.branch_tables.push_back({.targets = targets});
  targets[0] = f.labels.refer_entry(loop, 0, 0);
  targets[1] = f.labels.refer_entry(end, 0, 1);
  f.ir.emit(Operation::branch_table);
  f.fuel.owe(4);
  f.labels.bind(end, true);
  CHECK(targets[0].charge == 6);
  CHECK(targets[1].charge == 6 - 10);
}

TEST_CASE("fuel account: the longest path to a label decides when a check is due", "[translate][fuel]") {
  LabelsFixture f;
  const uint32_t end = f.labels.add();
  f.branch_after(longest_stretch - 10, end);
  (void)f.fuel.pay(); // the code that falls through was just checked
  CHECK(f.fuel.stretch() == 0);
  f.labels.bind(end, true);
  CHECK(f.fuel.stretch() == longest_stretch - 10);
  f.fuel.owe(9);
  CHECK_FALSE(f.fuel.is_check_due());
  f.fuel.owe(1);
  CHECK(f.fuel.is_check_due());
  CHECK(f.fuel.pay() == 10);
  CHECK_FALSE(f.fuel.is_check_due());
}

TEST_CASE("fuel account: cleared and copied slots cost one for eight", "[translate][fuel]") {
  vm::FuelAccount fuel;
  fuel.owe_for_slots(7);
  CHECK(fuel.owed() == 0);
  fuel.owe_for_slots(50'000);
  CHECK(fuel.owed() == 6'250);
  CHECK(fuel.is_check_due());
}
