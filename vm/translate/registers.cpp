#include "vm/translate/registers.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace skerry::vm {

namespace {

constexpr uint32_t none = ~uint32_t{0};
constexpr size_t most_registers = std::max<size_t>({int_registers, vector_registers, 1});

/// How often an operation runs, guessed from the loops around it.
double weight(uint8_t depth) {
  constexpr std::array<double, 6> weights = {1, 10, 100, 1'000, 10'000, 100'000};
  return weights[std::min<size_t>(depth, weights.size() - 1)];
}

/// A spill or fill at a call costs a dispatch, a pinned use saves less than one; the figures are measured
/// (docs/rationale.md).
constexpr double call_cost = 10, entry_cost = 5, least_gain = 5;

class PinChooser {
public:
  explicit PinChooser(const IrFunction& function)
      : function_(function), local_of_(function.arena()), uses_(function.arena()) {}

  std::pmr::vector<Pin> choose() {
    std::pmr::vector<Pin> pins(function_.arena());
    if (int_registers < 2 || !function_.has_loop) return pins; // without a loop nothing is worth a register
    count_uses();
    std::pmr::vector<uint32_t> candidates(function_.arena());
    for (uint32_t i = 0; i < uses_.size(); ++i)
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
      pins.push_back({function_.locals[local].slot, {where, --left, 0}, type});
    }
    return pins;
  }

private:
  double gain(uint32_t local) const { return uses_[local] - call_cost * calls_ - entry_cost; }

  void count_uses() {
    local_of_.assign(function_.first_temp, none);
    for (uint32_t i = 0; i < function_.locals.size(); ++i) local_of_[function_.locals[i].slot] = i;
    uses_.resize(function_.locals.size());
    for (const Ir& ir : function_.code) {
      const double often = weight(ir.depth);
      if (ir.is_call()) calls_ += often;
      const OperandClasses classes = ir.classes();
      count_use(ir.d, classes.d, often);
      count_use(ir.a, classes.a, often);
      count_use(ir.b, classes.b, often);
      count_use(ir.c, classes.c, often);
    }
  }
  void count_use(const Operand& operand, char cls, double often) {
    if (!operand.is_slot() || operand.index >= function_.first_temp) return;
    const uint32_t local = local_of_[operand.index];
    if (local != none) uses_[local] += cls == 's' ? -often : often;
  }

  const IrFunction& function_;
  std::pmr::vector<uint32_t> local_of_; // by slot
  std::pmr::vector<double> uses_;
  double calls_ = 0;
};

/// Temps are written once and read once, with nothing but straight code between: intervals. They are given
/// registers in the order of their reads, each the register that became free last; of those that one
/// operation reads, the one written last comes first.
class TempAssigner {
public:
  TempAssigner(IrFunction& function, uint32_t ints, uint32_t vectors)
      : function_(function), registers_{ints, vectors},
        written_by_(function.frame_slots - function.first_temp, none, function.arena()),
        region_of_(function.frame_slots - function.first_temp, 0, function.arena()) {}

  void run() {
    for (uint32_t i = 0; i < function_.code.size(); ++i) visit(i);
  }

private:
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

  void visit(uint32_t i) {
    Ir& ir = function_.code[i];
    if (ir.operation == Operation::nop) return;
    const OperandClasses classes = ir.classes();
    Ended ended;
    read(i, ir.a, classes.a, ended);
    read(i, ir.b, classes.b, ended);
    read(i, ir.c, classes.c, ended);
    for (size_t k = 0; k < ended.count; ++k) assign(ended.intervals[k]);
    if (ends_region(ir)) ++region_;
    // Its results are in slots that an operation nobody read may have written.
    if (ir.operation == Operation::stack_op) forget(static_cast<uint32_t>(ir.imm));
    const bool is_temp = ir.d.is_slot() && ir.d.index >= function_.first_temp;
    if (!is_temp || ir.operation == Operation::count_branch) return;
    written_by_[ir.d.index - function_.first_temp] = i;
    region_of_[ir.d.index - function_.first_temp] = region_;
  }
  void forget(uint32_t slot) {
    if (slot < function_.frame_slots) written_by_[slot - function_.first_temp] = none;
  }
  static bool ends_region(const Ir& ir) { return ir.operation == Operation::label || ir.is_call(); }

  void read(uint32_t i, Operand& operand, char cls, Ended& ended) {
    if (!operand.is_slot() || operand.index < function_.first_temp) return;
    const uint32_t temp = operand.index - function_.first_temp;
    const uint32_t written = std::exchange(written_by_[temp], none);
    if (written == none || region_of_[temp] != region_ || cls == 's') return;
    const Ir& writer = function_.code[written];
    if (!writer.keep && writer.classes().d == cls) ended.add({written, i, &operand, cls == 'v'});
  }

  void assign(const Interval& interval) {
    auto& free_from = free_[interval.is_vector];
    uint32_t best = none;
    for (uint32_t r = 0; r < registers_[interval.is_vector]; ++r)
      if (free_from[r] <= interval.written && (best == none || free_from[r] > free_from[best])) best = r;
    if (best == none) return;
    free_from[best] = interval.read;
    const auto where = interval.is_vector ? Operand::Where::vector_register : Operand::Where::int_register;
    *interval.reader = {where, best, 0};
    function_.code[interval.written].d = {where, best, 0};
  }

  IrFunction& function_;
  std::array<uint32_t, 2> registers_; // by class: how many there are
  std::array<std::array<uint32_t, most_registers>, 2>
      free_{};                            // by class: from where on each register is free
  std::pmr::vector<uint32_t> written_by_; // by temp slot
  std::pmr::vector<uint32_t> region_of_;
  uint32_t region_ = 0;
};

} // namespace

std::pmr::vector<Pin> assign_registers(IrFunction& function) {
  std::pmr::vector<Pin> pins = PinChooser(function).choose();
  uint32_t ints = static_cast<uint32_t>(int_registers), vectors = static_cast<uint32_t>(vector_registers);
  for (const Pin& pin : pins) --(pin.reg.where == Operand::Where::vector_register ? vectors : ints);
  if (ints + vectors > 0) TempAssigner(function, ints, vectors).run();
  return pins;
}

} // namespace skerry::vm
