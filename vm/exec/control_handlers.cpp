// Branches without a condition, branch tables, returns, function entry.
#include "vm/exec/branch_ops.hpp"
#include "vm/exec/handlers.hpp"

namespace skerry::vm {
namespace {

/// target @8, charge @12
template <bool Back> struct Branch {
  static constexpr uint32_t size = 16;
  static constexpr int at_target = 8, at_fuel = 12;
  static constexpr bool is_back = Back;
  SKERRY_INLINE static bool taken(State&, const std::byte*) { return true; }
};

/// a @8, last index (the default's) @12, then pairs {target, charge}
template <int A> SKERRY_HANDLER(branch_table) {
  SKERRY_STATE
  const uint32_t last = load_as<uint32_t>(s.pc + 12);
  const uint32_t index = read<uint32_t, A>(s, s.pc, 8);
  const std::byte* entry = s.pc + 16 + 8 * uint64_t{index < last ? index : last};
  s.fuel -= load_as<int32_t>(entry + 4);
  s.pc += load_as<int32_t>(entry);
  POLL;
  SKERRY_DISPATCH;
}
template <int... K> struct MakeBranchTable {
  static constexpr Handler handler = &branch_table<K...>;
};

/// Leaves the frame: link slot @10, charge @12.
SKERRY_INLINE void leave_frame(State& s) {
  s.fuel -= load_as<int32_t>(s.pc + 12);
  const uint64_t* link = slot_at(s, s.pc, 10);
  s.pc = reinterpret_cast<const std::byte*>(link[0]);
  s.frame = reinterpret_cast<uint64_t*>(reinterpret_cast<std::byte*>(s.frame) - link[1]);
}
SKERRY_HANDLER(return_none) {
  SKERRY_STATE
  leave_frame(s);
  SKERRY_DISPATCH;
}
/// value @8 or imm64 @16
template <int A> SKERRY_HANDLER(return_int) {
  SKERRY_STATE
  if constexpr (A == kind::imm)
    s.frame[0] = load_as<uint64_t>(s.pc + at_imm64);
  else
    s.frame[0] = read<uint64_t, A>(s, s.pc, 8);
  leave_frame(s);
  SKERRY_DISPATCH;
}
template <class T, int A> SKERRY_HANDLER(return_float) {
  SKERRY_STATE
  T value;
  if constexpr (A == kind::vimm)
    value = load_as<T>(s.pc + at_imm64);
  else
    value = read<T, A>(s, s.pc, 8);
  std::memcpy(s.frame, &value, sizeof value);
  leave_frame(s);
  SKERRY_DISPATCH;
}
template <int... K> struct MakeReturn {
  static constexpr Handler handler = &return_int<K...>;
};
template <int... K> struct MakeReturnF32 {
  static constexpr Handler handler = &return_float<float, K...>;
};
template <int... K> struct MakeReturnF64 {
  static constexpr Handler handler = &return_float<double, K...>;
};

/// Zeroes slots from @8 on: Count of them, or with Count 0 as many as @12 says.
template <int Count> struct Enter {
  static constexpr bool can_trap = false;
  static constexpr uint32_t size = 16;
  SKERRY_INLINE static void run(State& s, const std::byte* p) {
    uint64_t* first = slot_at(s, p, 8);
    if constexpr (Count == 0)
      std::memset(first, 0, load_as<uint32_t>(p + 12) * sizeof(uint64_t));
    else
      for (int i = 0; i < Count; ++i) first[i] = 0;
  }
};
template <int... K> struct MakeEnter {
  static constexpr std::array<int, 1> k = {K...};
  static constexpr Handler handler =
      &straight<Enter<k[0] == static_cast<int>(enter_unrolled) ? 0 : k[0] + 1>>;
};

/// destination slot @8, source slot @10, slots @12
struct CopySlots {
  static constexpr bool can_trap = false;
  static constexpr uint32_t size = 16;
  SKERRY_INLINE static void run(State& s, const std::byte* p) {
    std::memmove(slot_at(s, p, 8), slot_at(s, p, 10), load_as<uint32_t>(p + 12) * sizeof(uint64_t));
  }
};

SKERRY_HANDLER(unreachable_handler) {
  SKERRY_STATE
  TRAP(ErrorCode::unreachable);
}

} // namespace

void add_control_handlers(HandlerTable& table) {
  using namespace kind;
  table.branch = &branching<Branch<false>>;
  table.branch_back = &branching<Branch<true>>;
  table.branch_table = Kinds<MakeBranchTable, writable>::table.data();
  table.return_none = &return_none;
  table.return_ = Kinds<MakeReturn, readable>::table.data();
  table.return_v = {Kinds<MakeReturnF32, vreadable>::table.data(),
                    Kinds<MakeReturnF64, vreadable>::table.data()};
  table.enter = Kinds<MakeEnter, static_cast<int>(enter_unrolled) + 1>::table.data();
  table.copy_slots = &straight<CopySlots>;
  table.unreachable = &unreachable_handler;
}

} // namespace skerry::vm
