#include "vm/translate/registers.hpp"

#include "vm/base/choose.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace skerry::vm {

namespace {

constexpr uint32_t none = ~uint32_t{0};
constexpr size_t most_registers = std::max<size_t>({int_registers, vector_registers, 1});

/// weight() returns an estimate of how often an operation runs, from the number of loops around it. A table
/// that is local to weight() would be built again at each call.
constexpr std::array<int64_t, 6> weights = {1, 10, 100, 1'000, 10'000, 100'000};
int64_t weight(uint8_t depth) { return weights[std::min<size_t>(depth, weights.size() - 1)]; }

/// The costs of pinning a local. Each call costs a spill (a move from the register to the slot) and a fill (a
/// move back). Each of the two is a dispatch, while a use of a pinned local saves less than one dispatch. The
/// values were measured (docs/rationale.md).
constexpr int64_t call_cost = 10, entry_cost = 5, least_gain = 5;

class PinChooser {
public:
  explicit PinChooser(const IrFunction& function) : function_(function), uses_(function.arena) {}

  std::pmr::vector<Pin> pins() {
    std::pmr::vector<Pin> chosen(function_.arena);
    if (int_registers < 2 || !function_.has_loop) return chosen; // without loops no local is worth a register
    count_uses();
    function_.arena->spend(function_.locals.size());
    // One register of each class remains for temps.
    Best ints, vectors;
    for (uint32_t i = 0; i < function_.locals.size(); ++i) {
      const Candidate local{gain(i), i};
      const OperandType type = function_.locals[i].type;
      if (local.gain <= least_gain || type == OperandType::v128) continue;
      if (is_vector_class(type))
        vectors.add(local, vector_registers - 1);
      else
        ints.add(local, int_registers - 1);
    }
    give_registers(ints, vectors, chosen);
    return chosen;
  }

private:
  struct Candidate {
    int64_t gain;
    uint32_t local;
    bool operator<(const Candidate& other) const { // better candidates come first
      return gain > other.gain || (gain == other.gain && local < other.local);
    }
  };
  /// The best candidates for one class of registers, best first.
  struct Best {
    std::array<Candidate, most_registers> candidates{};
    size_t count = 0;
    void add(const Candidate& candidate, size_t most) {
      size_t at = count;
      while (at > 0 && candidate < candidates[at - 1]) --at;
      if (at >= most) return;
      count = std::min(count + 1, most);
      for (size_t i = count - 1; i > at; --i) candidates[i] = candidates[i - 1];
      candidates[at] = candidate;
    }
  };

  /// Assigns registers in descending order of gain, starting at the last register of each class.
  void give_registers(const Best& ints, const Best& vectors, std::pmr::vector<Pin>& chosen) const {
    std::array<Candidate, 2 * most_registers> all{};
    std::merge(ints.candidates.begin(), ints.candidates.begin() + ints.count, vectors.candidates.begin(),
               vectors.candidates.begin() + vectors.count, all.begin());
    auto ints_left = static_cast<uint32_t>(int_registers),
         vectors_left = static_cast<uint32_t>(vector_registers);
    for (size_t i = 0; i < ints.count + vectors.count; ++i) {
      const IrFunction::Local& local = function_.locals[all[i].local];
      const bool in_vector = is_vector_class(local.type);
      const auto where = in_vector ? Operand::Where::vector_register : Operand::Where::int_register;
      const uint32_t reg = --(in_vector ? vectors_left : ints_left);
      chosen.push_back({local.slot, {static_cast<uint16_t>(reg), where}, local.type});
    }
  }

  int64_t gain(uint32_t local) const {
    return uses_[function_.locals[local].slot] - call_cost * calls_ - entry_cost;
  }

  void count_uses() {
    uses_.resize(function_.frame_slots + 4);
    for (uint32_t i = 0; i < function_.code.chunk_count(); ++i) {
      const std::span<const Ir> chunk = function_.code.chunk(i);
      function_.arena->spend(chunk.size());
      for (const Ir& ir : chunk) count_operands(ir);
    }
  }
  void count_operands(const Ir& ir) {
    const int64_t often = weight(ir.depth);
    calls_ += choose<int64_t>(ir.is_call(), often, 0);
    const Operand* const operands[] = {&ir.d, &ir.a, &ir.b, &ir.c};
    for (uint32_t i = 0; i < 4; ++i) count_use(*operands[i], often, i);
    if (ir.has_slot_class()) [[unlikely]]
      count_slot_classes(ir, often);
  }
  /// Adds `often` to the uses of the operand's slot. If the operand is not a slot, count_use() adds `often`
  /// to one of four extra elements of uses_, which are never read. That costs less than a branch on the kind
  /// of operand, because the kind is unpredictable.
  void count_use(const Operand& operand, int64_t often, uint32_t position) {
    uses_[choose<uint32_t>(operand.is_slot(), operand.index, function_.frame_slots + position)] += often;
  }
  /// Corrects the counts for operands that must be in their slots (class s). Such a use makes pinning the
  /// local worse, because it costs a move between the register and the slot. The correction is -2, because
  /// count_operands() has already added 1 for the use.
  void count_slot_classes(const Ir& ir, int64_t often) {
    const OperandClasses classes = ir.classes();
    if (classes.d == 's') count_use(ir.d, -2 * often, 0);
    if (classes.a == 's') count_use(ir.a, -2 * often, 1);
    if (classes.b == 's') count_use(ir.b, -2 * often, 2);
    if (classes.c == 's') count_use(ir.c, -2 * often, 3);
  }

  const IrFunction& function_;
  std::pmr::vector<int64_t> uses_; // indexed by slot
  int64_t calls_ = 0;
};

/// Gives registers to temps. Each temp is written by one operation and read by one. If only straight-line
/// code is between these two operations, the temp's lifetime is an interval. Intervals get registers in the
/// order of their reads. An interval gets the register that became free last among those that are free during
/// the whole interval. If one operation reads several temps, the temp that was written last gets its register
/// first.
class TempAssigner {
public:
  TempAssigner(IrFunction& function, uint32_t ints, uint32_t vectors)
      : function_(function), first_temp_(function.first_temp),
        nowhere_(function.frame_slots - function.first_temp), temps_(nowhere_ + 1, Temp{}, function.arena) {
    for (uint32_t r = ints; r < most_registers; ++r) free_[0][r] = none; // never free
    for (uint32_t r = vectors; r < most_registers; ++r) free_[1][r] = none;
  }

  void run() {
    uint32_t number = 0;
    for (uint32_t i = 0; i < function_.code.chunk_count(); ++i) {
      const std::span<Ir> chunk = function_.code.chunk(i);
      function_.arena->spend(chunk.size());
      for (Ir& ir : chunk) visit(number++, ir);
    }
  }

private:
  struct Temp {
    uint32_t written = none; // number of the operation that wrote it
    uint32_t region = 0;     // number of the straight-line region that contains this operation
  };
  struct Interval {
    uint32_t written, read;
    Operand* reader;
    bool is_vector;
  };
  /// The intervals that end at one operation, which reads at most three temps. They are in descending order
  /// of `written`.
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
    // A stack_op does not name the slot of its result. So forget any earlier operation that wrote this slot
    // and whose result was never read.
    if (ir.operation == Operation::stack_op) forget(ir.stack.first);
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
  /// Returns the operand's index in temps_. The index is nowhere_ or more if the operand is not a temp.
  uint32_t temp_of(const Operand& operand) const { return operand.distance_from_slot(first_temp_); }
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
    *interval.reader = {static_cast<uint16_t>(best), where};
    function_.code[interval.written].d = *interval.reader;
  }

  IrFunction& function_;
  const uint32_t first_temp_;
  const uint32_t nowhere_;       // index of the extra element of temps_
  std::pmr::vector<Temp> temps_; // by slot; the extra element is written for non-temps and never read
  std::array<std::array<uint32_t, most_registers>, 2>
      free_{}; // by class and register: number of the operation from which on it is free
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
