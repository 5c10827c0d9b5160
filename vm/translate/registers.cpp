#include "vm/translate/registers.hpp"

#include "vm/base/choose.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace skerry::vm {

namespace {

constexpr uint32_t none = ~uint32_t{0};
constexpr size_t most_registers = std::max<size_t>({int_registers, vector_registers, 1});

/// How often an operation runs, guessed from the loops around it. Outside the function: there it would be
/// built anew at each call.
constexpr std::array<int64_t, 6> weights = {1, 10, 100, 1'000, 10'000, 100'000};
int64_t weight(uint8_t depth) { return weights[std::min<size_t>(depth, weights.size() - 1)]; }

/// A spill or fill at a call costs a dispatch, a pinned use saves less than one; the figures are measured
/// (docs/rationale.md).
constexpr int64_t call_cost = 10, entry_cost = 5, least_gain = 5;

class PinChooser {
public:
  explicit PinChooser(const IrFunction& function) : function_(function), uses_(function.arena()) {}

  std::pmr::vector<Pin> pins() {
    std::pmr::vector<Pin> chosen(function_.arena());
    if (int_registers < 2 || !function_.has_loop) return chosen; // without a loop nothing is worth a register
    count_uses();
    std::pmr::vector<uint32_t> candidates(function_.arena());
    for (uint32_t i = 0; i < function_.locals.size(); ++i)
      if (gain(i) > least_gain && function_.locals[i].type.kind() != ValType::v128_) candidates.push_back(i);
    std::sort(candidates.begin(), candidates.end(),
              [this](uint32_t x, uint32_t y) { return gain(x) > gain(y) || (gain(x) == gain(y) && x < y); });
    // Registers are given out from the last on; the first always stays for temps.
    uint32_t ints = static_cast<uint32_t>(int_registers), vectors = static_cast<uint32_t>(vector_registers);
    for (const uint32_t local : candidates) {
      const ValType type = function_.locals[local].type;
      const bool is_float = type == f32 || type == f64;
      uint32_t& left = is_float ? vectors : ints;
      if (left <= 1) continue;
      const auto where = is_float ? Operand::Where::vector_register : Operand::Where::int_register;
      chosen.push_back({function_.locals[local].slot, {--left, where, 0}, type});
    }
    return chosen;
  }

private:
  int64_t gain(uint32_t local) const {
    return uses_[function_.locals[local].slot] - call_cost * calls_ - entry_cost;
  }

  void count_uses() {
    uses_.resize(function_.frame_slots + 4);
    for (const Ir& ir : function_.code) {
      const int64_t often = weight(ir.depth);
      calls_ += choose<int64_t>(ir.is_call(), often, 0);
      const Operand* const operands[] = {&ir.d, &ir.a, &ir.b, &ir.c};
      for (uint32_t i = 0; i < 4; ++i) count_use(*operands[i], often, i);
      if (ir.has_slot_class()) [[unlikely]]
        count_slot_classes(ir, often);
    }
  }
  /// Counts what is no slot as well, where nobody looks: what an operand is cannot be predicted, so that a
  /// branch would cost more.
  void count_use(const Operand& operand, int64_t often, uint32_t position) {
    uses_[choose(operand.is_slot(), operand.index, function_.frame_slots + position)] += often;
  }
  /// What must be in its slot speaks against a register.
  void count_slot_classes(const Ir& ir, int64_t often) {
    const OperandClasses classes = ir.classes();
    if (classes.d == 's') count_use(ir.d, -2 * often, 0);
    if (classes.a == 's') count_use(ir.a, -2 * often, 1);
    if (classes.b == 's') count_use(ir.b, -2 * often, 2);
    if (classes.c == 's') count_use(ir.c, -2 * often, 3);
  }

  const IrFunction& function_;
  std::pmr::vector<int64_t> uses_; // by slot
  int64_t calls_ = 0;
};

/// Temps are written once and read once, with nothing but straight code between: intervals. They are given
/// registers in the order of their reads, each the register that became free last; of those that one
/// operation reads, the one written last comes first.
class TempAssigner {
public:
  TempAssigner(IrFunction& function, uint32_t ints, uint32_t vectors)
      : function_(function), first_temp_(function.first_temp),
        nowhere_(function.frame_slots - function.first_temp), temps_(nowhere_ + 1, Temp{}, function.arena()) {
    for (uint32_t r = ints; r < most_registers; ++r) free_[0][r] = none; // never
    for (uint32_t r = vectors; r < most_registers; ++r) free_[1][r] = none;
  }

  void run() {
    uint32_t i = 0;
    for (Ir& ir : function_.code) visit(i++, ir);
  }

private:
  struct Temp {
    uint32_t written = none; // by the operation of this number
    uint32_t region = 0;     // there
  };
  struct Interval {
    uint32_t written, read;
    Operand* reader;
    bool is_vector;
  };
  /// The intervals that one operation ends, the one written last first.
  struct Ended {
    std::array<Interval, 3> intervals;
    size_t count = 0;
    void add(const Interval& interval) {
      intervals[count] = interval;
      for (size_t j = count++; j > 0 && intervals[j - 1].written < intervals[j].written; --j)
        std::swap(intervals[j - 1], intervals[j]);
    }
  };

  void visit(uint32_t i, Ir& ir) {
    if (std::min({temp_of(ir.a), temp_of(ir.b), temp_of(ir.c)}) < nowhere_) read_operands(i, ir);
    region_ += ends_region(ir) ? 1 : 0;
    // Its results are in slots that an operation nobody read may have written.
    if (ir.operation == Operation::stack_op) forget(static_cast<uint32_t>(ir.imm));
    temps_[std::min(temp_of(ir.d), nowhere_)] = {i, region_};
  }
  void read_operands(uint32_t i, Ir& ir) {
    const OperandClasses classes = ir.classes();
    Ended ended;
    read(i, ir.a, classes.a, ended);
    read(i, ir.b, classes.b, ended);
    read(i, ir.c, classes.c, ended);
    for (size_t k = 0; k < ended.count; ++k) assign(ended.intervals[k]);
  }
  /// Index in temps_; nowhere_ or more when it is none.
  uint64_t temp_of(const Operand& operand) const { return operand.distance_from_slot(first_temp_); }
  void forget(uint32_t slot) {
    if (slot < function_.frame_slots) temps_[slot - first_temp_].written = none;
  }
  static bool ends_region(const Ir& ir) { return ir.operation == Operation::label || ir.is_call(); }

  void read(uint32_t i, Operand& operand, char cls, Ended& ended) {
    if (temp_of(operand) >= nowhere_) return;
    Temp& temp = temps_[temp_of(operand)];
    const uint32_t written = std::exchange(temp.written, none);
    if (written == none || temp.region != region_ || cls == 's') return;
    const Ir& writer = function_.code[written];
    if (!writer.keep && writer.classes().d == cls) ended.add({written, i, &operand, cls == 'v'});
  }

  void assign(const Interval& interval) {
    auto& free_from = free_[interval.is_vector];
    uint32_t best = none, best_score = 0;
    for (uint32_t r = 0; r < most_registers; ++r) {
      const uint32_t score = choose(free_from[r] <= interval.written, free_from[r] + 1, 0u);
      best = choose(score > best_score, r, best);
      best_score = std::max(best_score, score);
    }
    if (best == none) return;
    free_from[best] = interval.read;
    const auto where = interval.is_vector ? Operand::Where::vector_register : Operand::Where::int_register;
    *interval.reader = {best, where, 0};
    function_.code[interval.written].d = {best, where, 0};
  }

  IrFunction& function_;
  const uint32_t first_temp_;
  const uint64_t nowhere_;       // in temps_: what is no temp is written there, and nobody reads it
  std::pmr::vector<Temp> temps_; // by slot, and one more
  std::array<std::array<uint32_t, most_registers>, 2>
      free_{}; // by class: from where on each register is free
  uint32_t region_ = 0;
};

} // namespace

std::pmr::vector<Pin> assign_registers(IrFunction& function) {
  std::pmr::vector<Pin> pins = PinChooser(function).pins();
  uint32_t ints = static_cast<uint32_t>(int_registers), vectors = static_cast<uint32_t>(vector_registers);
  for (const Pin& pin : pins) --(pin.reg.where == Operand::Where::vector_register ? vectors : ints);
  if (ints + vectors > 0) TempAssigner(function, ints, vectors).run();
  return pins;
}

} // namespace skerry::vm
