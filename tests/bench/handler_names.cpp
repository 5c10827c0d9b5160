#include "tests/bench/handler_names.hpp"

#include "vm/code/handler.hpp"
#include "vm/isa/opcode.hpp"

#include <initializer_list>
#include <string_view>
#include <utility>

namespace skerry::bench {

namespace {

using vm::HandlerRow;
using vm::HandlerTable;
using vm::Opcode;
namespace place = vm::place;

/// One dimension of a row of handlers: the words for its indices.
using Words = std::vector<std::string>;

Words places(char register_letter, int registers) {
  Words words = {"s"};
  for (int i = 0; i < registers; ++i) words.push_back(register_letter + std::to_string(i));
  return words;
}
/// The places of an operand that is never constant, and of one that may be constant.
Words writable(bool is_float) {
  return is_float ? places('v', vm::vector_registers) : places('r', vm::int_registers);
}
Words readable(bool is_float) {
  Words words = writable(is_float);
  words.emplace_back(is_float ? "vk" : "k");
  return words;
}
/// A letter of a numeric instruction's signature.
bool is_float(char letter) { return letter == 'f' || letter == 'F'; }

const Words bit = {"0", "1"};

/// The function of vm/exec/numeric.hpp that implements an instruction has its name, with `_` for `.`.
std::string function_name(Opcode op) {
  std::string name(vm::info(op).text);
  for (char& c : name)
    if (c == '.') c = '_';
  return name;
}

class Names {
public:
  explicit Names(const HandlerTable& table) : table_(table) {}

  std::vector<NamedHandler> run() {
    add_numeric();
    add_memory();
    add_branches();
    add_moves();
    add_control();
    return std::move(named_);
  }

private:
  // ---- rows

  /// Adds all handlers of a row. Its last dimension varies fastest. The name is `head`, the words of the
  /// indices, and `tail`.
  void add_row(const HandlerRow& row, const std::string& head, const std::vector<Words>& dimensions,
               const std::string& tail = ">") {
    size_t count = 1;
    for (const Words& words : dimensions) count *= words.size();
    for (size_t index = 0; index < count; ++index) {
      std::string operands;
      size_t rest = index;
      for (size_t i = dimensions.size(); i-- > 0; rest /= dimensions[i].size())
        operands = dimensions[i][rest % dimensions[i].size()] + (operands.empty() ? "" : ", ") + operands;
      add_one(head + operands + tail, row[index]);
    }
  }
  void add_one(std::string name, vm::NumberedHandler handler) {
    named_.push_back({std::move(name), handler});
  }

  // ---- families

  /// Sequences are made of scalar instructions only.
  void add_numeric() {
    for (size_t i = 0; i < vm::opcode_count; ++i) {
      const HandlerRow& row = table_.numeric[i];
      const auto op = static_cast<Opcode>(i);
      const std::string_view signature = vm::info(op).signature;
      if (row.handlers == nullptr || signature.contains('v')) continue;
      const Words d = writable(is_float(signature.back())), a = writable(is_float(signature.front()));
      if (signature.size() == std::string_view("a>d").size())
        add_row(row, "Unary<" + function_name(op) + ", ", {d, a});
      else
        add_row(row, "Binary<" + function_name(op) + ", ", {d, a, readable(is_float(signature[1]))});
    }
  }

  void add_memory() {
    using enum Opcode;
    struct Access {
      Opcode op;
      const char* types; // of the operation in vm/exec/memory_ops.hpp
    };
    constexpr Access loads[] = {
        {i32_load8_u, "uint8_t, uint64_t"},   {i32_load16_u, "uint16_t, uint64_t"},
        {i32_load, "uint32_t, uint64_t"},     {i64_load, "uint64_t, uint64_t"},
        {i32_load8_s, "int8_t, uint32_t"},    {i32_load16_s, "int16_t, uint32_t"},
        {i64_load8_s, "int8_t, uint64_t"},    {i64_load16_s, "int16_t, uint64_t"},
        {i64_load32_s, "int32_t, uint64_t"},  {i64_load8_u, "uint8_t, uint64_t"},
        {i64_load16_u, "uint16_t, uint64_t"}, {i64_load32_u, "uint32_t, uint64_t"},
        {f32_load, "float, float"},           {f64_load, "double, double"},
        {v128_load, "Vector, Vector"},
    };
    constexpr Access stores[] = {
        {i32_store8, "uint8_t"}, {i32_store16, "uint16_t"}, {i32_store, "uint32_t"},
        {i64_store8, "uint8_t"}, {i64_store16, "uint16_t"}, {i64_store32, "uint32_t"},
        {i64_store, "uint64_t"}, {f32_store, "float"},      {f64_store, "double"},
        {v128_store, "Vector"},
    };
    for (const auto& [op, types] : loads)
      add_access(op, std::string("Load<") + types, writable(is_vector(op)));
    for (const auto& [op, types] : stores)
      add_access(op, std::string("StoreValue<") + types, is_vector(op) ? writable(true) : readable(false));
  }
  static bool is_vector(Opcode op) {
    const std::string_view text = vm::info(op).text;
    return text.starts_with('f') || text.starts_with('v');
  }
  void add_access(Opcode op, const std::string& head, const Words& value) {
    const auto& mode = table_.memory[vm::memory_row(op)].mode;
    const Words a = readable(false), b = writable(false);
    add_row(mode[0], head + ", plain, ", {value, a}, ", 0, 0>");
    add_row(mode[1], head + ", indexed, ", {value, a, b, bit});
    add_row(mode[2], head + ", wrapped, ", {value, b}, ", 0, 0>");
    add_row(mode[3], head + ", indexed_wrapped, ", {value, a, b, bit});
  }

  void add_branches() {
    constexpr std::string_view compares[] = {"eq",   "ne",   "lt_s", "lt_u", "gt_s", "gt_u",
                                             "le_s", "le_u", "ge_s", "ge_u", "test", "test_not"};
    static_assert(std::size(compares) == vm::compare_count);
    constexpr std::string_view float_compares[] = {"eq", "ne", "lt", "gt", "le", "ge"};
    for (const bool wide : {false, true}) {
      const std::string type(wide ? "i64_" : "i32_"), float_type(wide ? "f64_" : "f32_");
      for (size_t i = 0; i < std::size(compares); ++i) {
        const std::string function = type + std::string(compares[i]) + ", ";
        add_row(table_.branch_if[wide][i], "BranchIf<" + function, {writable(false), readable(false), bit});
        add_row(table_.count_branch[wide][i], "CountBranch<" + function, {writable(false), readable(false)});
      }
      for (size_t i = 0; i < std::size(float_compares); ++i)
        add_row(table_.branch_if_float[wide][i],
                "BranchIfFloat<" + float_type + std::string(float_compares[i]) + ", ",
                {bit, writable(true), readable(true), bit});
    }
    add_one("Branch<false>", table_.branch);
    add_one("Branch<true>", table_.branch_back);
  }

  void add_moves() {
    const Words i = writable(false), ik = readable(false), v = writable(true), vk = readable(true);
    for (size_t shift = 1; shift <= table_.lea.size(); ++shift)
      add_row(table_.lea[shift - 1], "Lea<" + std::to_string(shift) + ", ", {i, i, i});
    add_row(table_.move, "Move<", {i, ik});
    add_row(table_.move_constant64, "MoveConstant64<", {i});
    add_row(table_.float_move[0], "TypedMove<float, ", {v, vk});
    add_row(table_.float_move[1], "TypedMove<double, ", {v, vk});
    add_row(table_.move128, "TypedMove<Vector, ", {v, v});
    add_row(table_.select, "Select<", {i, ik, ik, i});
    add_row(table_.global_get, "GlobalGet<", {i});
    add_row(table_.global_set, "GlobalSet<", {i});
    add_one("CopySlots", table_.copy_slots);
  }

  void add_control() {
    add_row(table_.branch_table, "BranchTable<", {writable(false)});
    add_row(table_.return_, "ReturnInt<", {readable(false)});
    add_row(table_.return_float[0], "ReturnFloat<float, ", {readable(true)});
    add_row(table_.return_float[1], "ReturnFloat<double, ", {readable(true)});
    Words counts;
    for (uint32_t count = 1; count <= vm::enter_unrolled; ++count) counts.push_back(std::to_string(count));
    counts.emplace_back("0"); // any number
    add_row(table_.enter, "Enter<", {counts});
    add_one("ReturnNone", table_.return_none);
    add_one("Call", table_.call);
  }

  const HandlerTable& table_;
  std::vector<NamedHandler> named_;
};

} // namespace

std::vector<NamedHandler> named_handlers(const HandlerTable& table) { return Names(table).run(); }

} // namespace skerry::bench
