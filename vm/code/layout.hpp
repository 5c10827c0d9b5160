// The layouts of threaded code: one struct for each form of an instruction. The emitter, the handlers and the
// printer all access the code through these structs, so none of them contains a field's offset or an
// instruction's size as a number.
//
// An instruction begins with its handler, and the next instruction begins where the struct ends. Operations
// with the same kinds of operands share a form. `each` passes the fields and their names to printers, in the
// order of the pseudo-code in ops.def. The fields d, a, b, c and `value` are operands. If an operand is in a
// VM register, the handler ignores the operand's field.
#pragma once

#include "vm/base/endian.hpp"
#include "vm/code/handler.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <limits>

namespace skerry::vm::layout {

/// The number of a slot in the frame.
enum class Slot : uint16_t {};
inline constexpr uint32_t most_slots = std::numeric_limits<uint16_t>::max();

/// The number of a slot, or a constant that is sign-extended from 16 bits. Each handler is made for one of
/// the two, so the field does not say which of them it holds.
struct SlotOrConstant16 {
  uint16_t bits;
  Slot slot() const { return Slot{bits}; }
  uint64_t constant() const { return static_cast<uint64_t>(int64_t{static_cast<int16_t>(bits)}); }
  static constexpr bool can_hold(int64_t constant) { return constant == static_cast<int16_t>(constant); }
};
/// The number of a slot, an integer constant that is sign-extended from 32 bits, or an f32 constant. Each
/// handler is made for one of the three, so the field does not say which of them it holds.
struct SlotOrConstant {
  uint32_t bits;
  Slot slot() const { return static_cast<Slot>(bits); }
  int64_t integer() const { return static_cast<int32_t>(bits); }
  float f32() const {
    float value;
    std::memcpy(&value, &bits, sizeof value);
    return value;
  }
  static constexpr bool can_hold(int64_t integer) { return integer == static_cast<int32_t>(integer); }
};
/// A constant: an integer, an f64, or an f32 in the low half.
struct Constant64 {
  uint64_t bits;
  template <class T> T as() const {
    static_assert(sizeof(T) <= sizeof bits);
    return load_low_bytes<T>(&bits);
  }
};
/// Sixteen bytes that are aligned to 8, not to 16.
struct alignas(8) Bytes16 {
  std::array<uint8_t, 16> bytes;
};

/// The fuel to take for the instructions executed since the last charge.
struct Charge {
  int32_t fuel;
};
/// A charge of 16 bits, for layouts with little room.
struct SmallCharge {
  uint16_t fuel;
};
/// The destination of a jump, as a distance in bytes. The distance counts from the jumping instruction; in
/// the entries of a branch table, it counts from the start of the table.
struct Target {
  int32_t distance;
};

/// The handler of an instruction. It takes 64 bits where a pointer has 32, too: threaded code then has the
/// same layout, and costs the same, on every processor.
struct alignas(8) HandlerWord {
  Handler handler;
};

// ---- numbers and moves

struct None {
  HandlerWord handler;
  static void each(auto&& /*field*/) {}
};
struct Unary {
  HandlerWord handler;
  Slot d, a;
  void each(auto&& field) const { field("d", d), field("a", a); }
};
struct Binary {
  HandlerWord handler;
  Slot d, a;
  SlotOrConstant b;
  void each(auto&& field) const { field("d", d), field("a", a), field("b", b); }
};
/// A Binary whose b is an f64 constant.
struct BinaryF64 {
  HandlerWord handler;
  Slot d, a;
  Constant64 b;
  void each(auto&& field) const { field("d", d), field("a", a), field("b", b); }
};
struct Ternary {
  HandlerWord handler;
  Slot d, a, b, c;
  void each(auto&& field) const { field("d", d), field("a", a), field("b", b), field("c", c); }
};
struct Lea {
  HandlerWord handler;
  Slot d, a, b;
  void each(auto&& field) const { field("d", d), field("a", a), field("b", b); }
};
struct Move {
  HandlerWord handler;
  Slot d;
  SlotOrConstant a;
  void each(auto&& field) const { field("d", d), field("a", a); }
};
struct MoveConstant64 {
  HandlerWord handler;
  Slot d;
  Constant64 a;
  void each(auto&& field) const { field("d", d), field("a", a); }
};
struct Constant128 {
  HandlerWord handler;
  Slot d;
  Bytes16 value;
  void each(auto&& field) const { field("d", d), field("constant", value); }
};
struct Select {
  HandlerWord handler;
  Slot d;
  SlotOrConstant16 a, b;
  Slot c;
  void each(auto&& field) const { field("d", d), field("a", a), field("b", b), field("c", c); }
};

// ---- lanes

struct ExtractLane {
  HandlerWord handler;
  Slot d, a;
  uint16_t first_byte; // of the lane
  void each(auto&& field) const { field("d", d), field("a", a), field("byte", first_byte); }
};
struct ReplaceLane {
  HandlerWord handler;
  Slot d, a, b;
  uint16_t first_byte; // of the lane
  void each(auto&& field) const { field("d", d), field("a", a), field("b", b), field("byte", first_byte); }
};
/// `from_a` holds byte indices into a, and `from_b` byte indices into b. Index 0x80 gives 0. The result is a
/// bitwise or of both selections.
struct Shuffle {
  HandlerWord handler;
  Slot d, a, b;
  Bytes16 from_a, from_b;
  void each(auto&& field) const {
    field("d", d), field("a", a), field("b", b), field("from_a", from_a), field("from_b", from_b);
  }
};

// ---- slots

struct CopySlots {
  HandlerWord handler;
  Slot to, from;
  uint32_t count;
  void each(auto&& field) const { field("to", to), field("from", from), field("count", count); }
};
struct Enter {
  HandlerWord handler;
  Slot first;
  uint32_t count;
  void each(auto&& field) const { field("first", first), field("count", count); }
};

// ---- memory and globals
//
// `value` is the operand that is loaded or stored. `end` is the instruction's offset immediate plus the size
// of the access. `addend` is added to the address before the address wraps at 32 bits.

struct PlainAccess {
  HandlerWord handler;
  SlotOrConstant16 value;
  Slot a;
  uint32_t end;
  void each(auto&& field) const { field("a", a), field("value", value), field("end", end); }
};
struct IndexedAccess {
  HandlerWord handler;
  SlotOrConstant16 value;
  Slot a, b;
  uint16_t end;
  void each(auto&& field) const { field("a", a), field("b", b), field("value", value), field("end", end); }
};
struct WrappedAccess {
  HandlerWord handler;
  SlotOrConstant16 value;
  Slot a;
  int32_t addend;
  uint32_t end;
  void each(auto&& field) const {
    field("a", a), field("value", value), field("addend", addend), field("end", end);
  }
};
struct IndexedWrappedAccess {
  HandlerWord handler;
  SlotOrConstant16 value;
  Slot a, b;
  int32_t addend;
  uint32_t end;
  void each(auto&& field) const {
    field("a", a), field("b", b), field("value", value), field("addend", addend), field("end", end);
  }
};
/// The largest `end` that fits in every form, including IndexedAccess.
inline constexpr uint64_t most_indexed_end = std::numeric_limits<decltype(IndexedAccess::end)>::max();

/// For a global that the module defines, `place` is the byte offset of its value in the ModuleInstance. For
/// an imported global, `place` is its global index.
struct Global {
  HandlerWord handler;
  Slot value;
  uint32_t place;
  void each(auto&& field) const { field("value", value), field("place", place); }
};

// ---- branches and returns

struct Branch {
  HandlerWord handler;
  Target target;
  Charge charge;
  void each(auto&& field) const { field("target", target), field("charge", charge); }
};
struct BranchIf {
  HandlerWord handler;
  Slot a;
  SlotOrConstant b;
  Target target;
  Charge charge;
  void each(auto&& field) const {
    field("a", a), field("b", b), field("target", target), field("charge", charge);
  }
};
/// A BranchIf whose b is an f64 constant.
struct BranchIfF64 {
  HandlerWord handler;
  Slot a;
  Constant64 b;
  Target target;
  Charge charge;
  void each(auto&& field) const {
    field("a", a), field("b", b), field("target", target), field("charge", charge);
  }
};
/// The branch at the end of a counted loop: adds `step` to a, then compares a and b.
struct CountBranch {
  HandlerWord handler;
  Slot a;
  int16_t step;
  SlotOrConstant b;
  Target target;
  Charge charge;
  static constexpr bool can_step_by(int64_t step) { return step == static_cast<int16_t>(step); }
  void each(auto&& field) const {
    field("a", a), field("b", b), field("step", step), field("target", target), field("charge", charge);
  }
};
/// Several instructions may share a table. The table is in the code, directly after the first instruction
/// that uses it.
struct BranchTable {
  HandlerWord handler;
  Slot a;
  uint32_t last; // index of the default entry
  Target table;
  Charge charge;
  void each(auto&& field) const {
    field("a", a), field("last", last), field("table", table), field("charge", charge);
  }
};
struct BranchTableEntry {
  Target target;
  Charge charge;
};
static_assert(sizeof(BranchTableEntry) % alignof(HandlerWord) == 0, "an instruction follows the table");

/// `link` is the first slot of the frame's link (vm/exec/call_handlers.cpp).
struct ReturnNone {
  HandlerWord handler;
  Slot link;
  Charge charge;
  void each(auto&& field) const { field("link", link), field("charge", charge); }
};
struct Return {
  HandlerWord handler;
  Slot a, link;
  Charge charge;
  void each(auto&& field) const { field("a", a), field("link", link), field("charge", charge); }
};
struct ReturnConstant {
  HandlerWord handler;
  Slot link;
  Charge charge;
  Constant64 a;
  void each(auto&& field) const { field("a", a), field("link", link), field("charge", charge); }
};

// ---- calls

/// The fields that directly follow the handler in every form of call.
struct CallSite {
  uint32_t distance; // in bytes, from the caller's frame to the callee's
  Charge charge;
};
/// A call of any form.
struct AnyCall {
  HandlerWord handler;
  CallSite site;
};
/// For a function that the module defines, `callee` is the byte offset of its FuncInstance in the
/// ModuleInstance. For an imported function, `callee` is its function index.
struct Call {
  HandlerWord handler;
  CallSite site;
  uint32_t callee;
  void each(auto&& field) const { field("callee", callee), field("site", site); }
};
struct CallIndirect {
  HandlerWord handler;
  CallSite site;
  Slot a;
  uint32_t type, table;
  void each(auto&& field) const {
    field("a", a), field("type", type), field("table", table), field("site", site);
  }
};
struct CallRef {
  HandlerWord handler;
  CallSite site;
  Slot a;
  void each(auto&& field) const { field("a", a), field("site", site); }
};
/// `link` is the link slot of the frame that the tail call replaces.
struct ReturnCall {
  HandlerWord handler;
  CallSite site;
  uint32_t callee;
  Slot link;
  void each(auto&& field) const { field("callee", callee), field("link", link), field("site", site); }
};
struct ReturnCallIndirect {
  HandlerWord handler;
  CallSite site;
  Slot a, link;
  uint32_t type, table;
  void each(auto&& field) const {
    field("a", a), field("type", type), field("table", table), field("link", link), field("site", site);
  }
};
struct ReturnCallRef {
  HandlerWord handler;
  CallSite site;
  Slot a, link;
  void each(auto&& field) const { field("a", a), field("link", link), field("site", site); }
};

// ---- the rest

/// An instruction whose operands are in consecutive slots from `first` on. The results replace the operands,
/// also from `first` on. `index` and `second` are the instruction's immediates. In a load or store, `index`
/// is the memory and `second` is the offset.
struct StackOp {
  HandlerWord handler;
  Slot first;
  SmallCharge charge; // only bulk operations pay it
  uint32_t index;
  uint64_t second;
  void each(auto&& field) const {
    field("first", first), field("index", index), field("second", second), field("charge", charge);
  }
};
struct Look {
  HandlerWord handler;
  Charge charge;
  void each(auto&& field) const { field("charge", charge); }
};
/// Precedes every instruction in the code of an engine that profiles or traces.
struct Count {
  HandlerWord handler;
  uint64_t count; // how often the instruction was reached, for profiles
  uint64_t depth; // number of enclosing loops
  void each(auto&& field) const { field("count", count), field("depth", depth); }
};

// ---- all of them

#define SKERRY_LAYOUTS(LAYOUT)                                                                               \
  LAYOUT(None)                                                                                               \
  LAYOUT(Unary)                                                                                              \
  LAYOUT(Binary)                                                                                             \
  LAYOUT(BinaryF64)                                                                                          \
  LAYOUT(Ternary)                                                                                            \
  LAYOUT(Lea)                                                                                                \
  LAYOUT(Move)                                                                                               \
  LAYOUT(MoveConstant64)                                                                                     \
  LAYOUT(Constant128)                                                                                        \
  LAYOUT(Select)                                                                                             \
  LAYOUT(ExtractLane)                                                                                        \
  LAYOUT(ReplaceLane)                                                                                        \
  LAYOUT(Shuffle)                                                                                            \
  LAYOUT(CopySlots)                                                                                          \
  LAYOUT(Enter)                                                                                              \
  LAYOUT(PlainAccess)                                                                                        \
  LAYOUT(IndexedAccess)                                                                                      \
  LAYOUT(WrappedAccess)                                                                                      \
  LAYOUT(IndexedWrappedAccess)                                                                               \
  LAYOUT(Global)                                                                                             \
  LAYOUT(Branch)                                                                                             \
  LAYOUT(BranchIf)                                                                                           \
  LAYOUT(BranchIfF64)                                                                                        \
  LAYOUT(CountBranch)                                                                                        \
  LAYOUT(BranchTable)                                                                                        \
  LAYOUT(ReturnNone)                                                                                         \
  LAYOUT(Return)                                                                                             \
  LAYOUT(ReturnConstant)                                                                                     \
  LAYOUT(Call)                                                                                               \
  LAYOUT(CallIndirect)                                                                                       \
  LAYOUT(CallRef)                                                                                            \
  LAYOUT(ReturnCall)                                                                                         \
  LAYOUT(ReturnCallIndirect)                                                                                 \
  LAYOUT(ReturnCallRef)                                                                                      \
  LAYOUT(StackOp)                                                                                            \
  LAYOUT(Look)                                                                                               \
  LAYOUT(Count)

enum class Form : uint8_t {
#define SKERRY_FORM(Name) Name,
  SKERRY_LAYOUTS(SKERRY_FORM)
#undef SKERRY_FORM
};
template <class Layout> struct FormOf;
#define SKERRY_FORM(Name)                                                                                    \
  template <> struct FormOf<Name> {                                                                          \
    static constexpr Form form = Form::Name;                                                                 \
  };                                                                                                         \
  static_assert(offsetof(Name, handler) == 0, "an instruction begins with its handler");                     \
  static_assert(alignof(Name) <= alignof(HandlerWord) && sizeof(Name) % alignof(HandlerWord) == 0);
SKERRY_LAYOUTS(SKERRY_FORM)
#undef SKERRY_FORM
template <class Layout> inline constexpr Form form_of = FormOf<Layout>::form;

#define SKERRY_CALL(Name) static_assert(offsetof(Name, site) == offsetof(AnyCall, site));
SKERRY_CALL(Call)
SKERRY_CALL(CallIndirect)
SKERRY_CALL(CallRef)
SKERRY_CALL(ReturnCall)
SKERRY_CALL(ReturnCallIndirect)
SKERRY_CALL(ReturnCallRef)
#undef SKERRY_CALL

/// Returns the instruction at `code`.
template <class Layout> [[gnu::always_inline]] inline const Layout& at(const std::byte* code) {
  return *reinterpret_cast<const Layout*>(code);
}

/// Calls `visit` with the instruction at `code`, which must have the form `form`.
template <class Visit> void visit(Form form, const std::byte* code, Visit&& visit) {
  switch (form) {
#define SKERRY_FORM(Name)                                                                                    \
  case Form::Name: return visit(at<Name>(code));
    SKERRY_LAYOUTS(SKERRY_FORM)
#undef SKERRY_FORM
  }
}

} // namespace skerry::vm::layout
