#include "vm/translate/code_text.hpp"

#include <concepts>
#include <cstring>
#include <utility>

namespace skerry::vm {

namespace {

using layout::BranchTableEntry;
using layout::Bytes16;
using layout::CallSite;
using layout::Charge;
using layout::Constant64;
using layout::Form;
using layout::HandlerWord;
using layout::Slot;
using layout::SlotOrConstant;
using layout::SlotOrConstant16;
using layout::SmallCharge;
using layout::Target;

constexpr size_t offset_digits = 4; // larger offsets have more

std::string slot_text(Slot slot) { return operand_text(Operand::slot(std::to_underlying(slot))); }

/// Collects the text of an instruction's fields, in the order in which its form lists them.
class FieldText {
public:
  FieldText(const ListedInstruction& one, const TargetText& target)
      : one_(one), ir_(one.ir), target_(target), classes_(one.ir.classes()) {}
  std::string take() { return std::move(text_); }

  void operator()(std::string_view name, Slot slot) {
    const Operand* o = operand(name);
    if (o == nullptr) return add(name, slot_text(slot));
    add_operand(name, *o, slot, "0"); // 0 is the only constant base of an address
  }
  void operator()(std::string_view name, SlotOrConstant16 field) {
    const Operand* o = operand(name);
    if (o == nullptr) return add(name, std::to_string(field.bits));
    add_operand(name, *o, field.slot(), integer_text(field.constant()));
  }
  void operator()(std::string_view name, SlotOrConstant field) {
    const Operand* o = operand(name);
    if (o == nullptr) return add(name, std::to_string(field.bits));
    const bool is_float = class_of(o) == 'v';
    add_operand(name, *o, field.slot(),
                is_float ? float_text(field.bits, false)
                         : integer_text(static_cast<uint64_t>(field.integer())));
  }
  void operator()(std::string_view name, Constant64 field) {
    const Operand* o = operand(name);
    if (o == nullptr) return add(name, std::to_string(field.bits));
    const bool is_float = class_of(o) == 'v';
    add_operand(name, *o, Slot{},
                is_float ? float_text(field.bits, has_wide_float(ir_)) : integer_text(field.bits));
  }
  void operator()(std::string_view name, const Bytes16& field) { add(name, bytes_text(field.bytes)); }
  void operator()(std::string_view name, Charge charge) {
    if (charge.fuel != 0) add(name, std::to_string(charge.fuel));
  }
  void operator()(std::string_view name, SmallCharge charge) { (*this)(name, Charge{charge.fuel}); }
  void operator()(std::string_view name, Target target) {
    const std::string to = target_(target_of(one_.at, target));
    if (name == "target")
      text_ += " -> " + to;
    else
      add(name, to);
  }
  void operator()(std::string_view /*name*/, const CallSite& site) {
    add("frame", "[" + std::to_string(site.distance / sizeof(uint64_t)) + "]");
    (*this)("charge", site.charge);
  }
  void operator()(std::string_view name, std::integral auto number) { add(name, std::to_string(number)); }

  static uint32_t target_of(uint32_t from, Target target) {
    return from + static_cast<uint32_t>(target.distance);
  }

private:
  const Operand* operand(std::string_view name) const {
    if (name == "d") return &ir_.d;
    if (name == "a") return &ir_.a;
    if (name == "b") return &ir_.b;
    if (name == "c") return &ir_.c;
    if (name != "value") return nullptr;
    if (ir_.d.where != Operand::Where::none) return &ir_.d;
    return ir_.c.where != Operand::Where::none ? &ir_.c : &ir_.a;
  }
  char class_of(const Operand* o) const {
    return o == &ir_.d ? classes_.d : o == &ir_.a ? classes_.a : o == &ir_.b ? classes_.b : classes_.c;
  }
  void add_operand(std::string_view name, const Operand& o, Slot slot, const std::string& constant) {
    if (name == "d" || (name == "value" && &o == &ir_.d)) return; // already written as the result
    text_ += operands_++ == 0 ? " " : ", ";
    text_ += o.is_constant() ? constant : o.is_slot() ? slot_text(slot) : operand_text(o);
  }
  void add(std::string_view name, const std::string& value) {
    text_ += " " + std::string(name) + "=" + value;
  }

  const ListedInstruction& one_;
  const Ir& ir_;
  const TargetText& target_;
  const OperandClasses classes_;
  std::string text_;
  size_t operands_ = 0;
};

/// Finds the field of an instruction that says where the result goes, and makes the text that stands before
/// the operation: `[5] = ` or `r1 = `.
class ResultText {
public:
  explicit ResultText(const Ir& ir) : ir_(ir) {}
  std::string take() { return std::move(text_); }

  void operator()(std::string_view name, Slot slot) { result(name, slot); }
  void operator()(std::string_view name, SlotOrConstant16 field) { result(name, field.slot()); }
  void operator()(std::string_view, const auto&) {}

private:
  void result(std::string_view name, Slot slot) {
    if ((name != "d" && name != "value") || ir_.d.where == Operand::Where::none) return;
    text_ = (ir_.d.is_slot() ? slot_text(slot) : operand_text(ir_.d)) + " = ";
  }
  const Ir& ir_;
  std::string text_;
};

class CodeWriter {
public:
  CodeWriter(const ListedCode& code, Arena& arena, const CalleeText& callee, const TextLines& write)
      : code_(code), listing_(code.listing), callee_(callee), write_(write),
        is_target_(code.bytes.size() / alignof(HandlerWord) + 1, false, &arena) {
    for (uint32_t i = 0; i < listing_.size(); ++i) mark_targets(listing_[i]);
  }

  bool run() {
    uint32_t inside = 0; // how many of the next instructions belong to the last superinstruction
    for (uint32_t i = 0; i < listing_.size(); ++i) {
      const bool is_target = is_target_[listing_[i].at / alignof(HandlerWord)];
      const uint32_t length = length_of(i);
      const bool begins = inside == 0 || is_target;
      if (!write_(line(listing_[i], begins ? std::to_string(length) : "|", is_target))) return false;
      inside = begins ? length - 1 : inside - 1;
      if (!write_table(listing_[i])) return false;
    }
    return true;
  }

private:
  const std::byte* at(const ListedInstruction& one) const { return &code_.bytes[one.at]; }

  void mark_targets(const ListedInstruction& one) {
    layout::visit(one.form, at(one), [&](const auto& instruction) {
      instruction.each([&](std::string_view name, const auto& field) {
        if constexpr (std::same_as<std::remove_cvref_t<decltype(field)>, Target>)
          if (name == "target") mark(FieldText::target_of(one.at, field));
      });
    });
    each_entry(one, [&](uint32_t, uint32_t target, Charge) {
      mark(target);
      return true;
    });
  }
  void mark(uint32_t target) { is_target_[target / alignof(HandlerWord)] = true; }

  /// Calls `f` with the index, target and charge of each entry in the table that follows the instruction.
  template <class F> bool each_entry(const ListedInstruction& one, F&& f) const {
    if (one.form != Form::BranchTable) return true;
    const auto& instruction = layout::at<layout::BranchTable>(at(one));
    if (instruction.table.distance != static_cast<int32_t>(sizeof instruction))
      return true; // the table of another instruction
    const uint32_t table = FieldText::target_of(one.at, instruction.table);
    const auto* entries = &layout::at<BranchTableEntry>(&code_.bytes[table]);
    for (uint32_t i = 0; i <= instruction.last; ++i)
      if (!f(i, FieldText::target_of(table, entries[i].target), entries[i].charge)) return false;
    return true;
  }
  bool write_table(const ListedInstruction& one) const {
    const uint32_t last = one.form == Form::BranchTable ? layout::at<layout::BranchTable>(at(one)).last : 0;
    return each_entry(one, [&](uint32_t i, uint32_t target, Charge charge) {
      return write_("                    " + (i == last ? "default" : std::to_string(i)) + " -> " +
                    hex(target, offset_digits) +
                    (charge.fuel != 0 ? " charge=" + std::to_string(charge.fuel) : std::string()) + "\n");
    });
  }

  /// Returns how many instructions the handler at instruction i executes.
  uint32_t length_of(uint32_t i) const {
    if (code_.sequences == nullptr) return 1;
    Handler handler;
    std::memcpy(&handler, at(listing_[i]), sizeof handler);
    const HandlerNumber two = code_.sequences->find(listing_[i].number, number(i + 1));
    const HandlerNumber three = code_.sequences->find(two, number(i + 2));
    if (three != 0 && code_.sequences->handler_of(three) == handler) return 3;
    return two != 0 && code_.sequences->handler_of(two) == handler ? 2 : 1;
  }
  HandlerNumber number(uint32_t i) const { return i < listing_.size() ? listing_[i].number : 0; }

  std::string line(const ListedInstruction& one, const std::string& does, bool is_target) const {
    return std::string(is_target ? ">" : " ") + hex(one.at, offset_digits) + "  " + hex(one.ir.offset, 6) +
           "  " + does + "  " + instruction_text(one, code_.bytes, callee_, target_) + "\n";
  }

  const ListedCode& code_;
  const Listing& listing_;
  const CalleeText& callee_;
  const TargetText target_ = [](uint32_t code_offset) { return hex(code_offset, offset_digits); };
  const TextLines& write_;
  std::pmr::vector<bool> is_target_; // indexed by offset / handler size
};

} // namespace

bool write_code(const ListedCode& code, Arena& arena, const CalleeText& callee, const TextLines& write) {
  return CodeWriter(code, arena, callee, write).run();
}

std::string instruction_text(const ListedInstruction& one, std::span<const std::byte> code,
                             const CalleeText& callee, const TargetText& target) {
  FieldText fields(one, target);
  ResultText result(one.ir);
  layout::visit(one.form, &code[one.at], [&](const auto& instruction) {
    instruction.each(fields);
    instruction.each(result);
  });
  return result.take() + operation_text(one.ir) + fields.take() + callee(one.ir);
}

} // namespace skerry::vm
