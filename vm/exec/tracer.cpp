#include "vm/exec/tracer.hpp"

#include "skerry/out_of_memory.hpp"
#include "skerry/printable.hpp"
#include "vm/code/function_text.hpp"
#include "vm/code/layout.hpp"
#include "vm/code/value_text.hpp"
#include "vm/exec/frame_walk.hpp"
#include "vm/runtime/names.hpp"

#include <algorithm>
#include <array>
#include <cstring>
#include <string>
#include <unordered_map>

namespace skerry::vm {

/// A function's code as text, and the text with which each line of the function's trace begins.
struct TracedFunction {
  std::string head; // `func[3] <name> `
  FunctionText text;
};

/// The state of a store's trace.
struct Tracer {
  Suspension registers;
  bool wants_more = true;
  const Code* code = nullptr; // of the last traced instruction
  const TracedFunction* function = nullptr;
  std::unordered_map<const Code*, TracedFunction> functions;
  size_t instructions = 0; // total number of instructions in `functions`
  std::string line;
};

namespace {

/// All kept texts are dropped when they describe more instructions than this. The text of an instruction
/// takes about 200 bytes.
constexpr size_t most_instructions = size_t{1} << 18;

std::string name_text(const Module& module, uint32_t func_index) {
  const std::string_view name = func_name(module, func_index);
  return name.empty() ? std::string() : " <" + printable(name) + ">";
}

const TracedFunction& function_of(Tracer& tracer, const Module& module, const Code& code) {
  if (tracer.code == &code) return *tracer.function;
  if (tracer.instructions > most_instructions) {
    tracer.functions.clear();
    tracer.instructions = 0;
  }
  tracer.code = nullptr;
  auto [at, is_new] = tracer.functions.try_emplace(&code);
  if (is_new) {
    const uint32_t index = code.func_index;
    at->second.head = "func[" + std::to_string(index) + "]" + name_text(module, index) + " ";
    WorkMeter meter(module.engine->work_budget);
    const auto name = [&](uint32_t func_index) { return name_text(module, func_index); };
    // If the translation for the text fails, the lines of this function show only the function's name.
    (void)module.engine->explain(module, index - module.imported_functions, meter, name, at->second.text);
    tracer.instructions += at->second.text.instructions.size();
  }
  tracer.function = &at->second;
  tracer.code = &code;
  return at->second;
}

/// Returns the bytes of an operand. A vector has two words, all other operands have one.
std::array<uint64_t, 2> bits_of(const ReadOperand& operand, const uint64_t* frame,
                                const Suspension& registers) {
  std::array<uint64_t, 2> bits{};
  switch (operand.where) {
  case ReadOperand::Where::slot:
    std::memcpy(bits.data(), frame + operand.index, operand.type == OperandType::v128 ? 16 : 8);
    break;
  case ReadOperand::Where::int_register: bits[0] = registers.integers[operand.index]; break;
  case ReadOperand::Where::vector_register:
    std::memcpy(bits.data(), &registers.vectors[operand.index], sizeof bits);
    break;
  }
  return bits;
}
std::string value_text(OperandType type, const std::array<uint64_t, 2>& bits) {
  switch (type) {
  case OperandType::i32: return std::to_string(static_cast<int32_t>(bits[0]));
  case OperandType::f32: return float_text(bits[0], false);
  case OperandType::f64: return float_text(bits[0], true);
  case OperandType::ref: return bits[0] == 0 ? "null" : "ref"; // the bits are an address
  case OperandType::v128: {
    std::array<uint8_t, 16> bytes;
    std::memcpy(bytes.data(), bits.data(), sizeof bytes);
    return bytes_text(bytes);
  }
  default: return integer_text(bits[0]);
  }
}
std::string place_text(const ReadOperand& operand) {
  const std::string number = std::to_string(operand.index);
  switch (operand.where) {
  case ReadOperand::Where::int_register: return "r" + number;
  case ReadOperand::Where::vector_register: return "v" + number;
  default: return "[" + number + "]";
  }
}

void add_instruction(Tracer& tracer, const InstructionText& instruction, const uint64_t* frame) {
  tracer.line += hex(instruction.module_offset, 6) + "  " + instruction.text;
  const char* separator = "  ; ";
  for (const ReadOperand& operand : instruction.reads) {
    tracer.line += separator + place_text(operand) + "=" +
                   value_text(operand.type, bits_of(operand, frame, tracer.registers));
    separator = " ";
  }
}

void write_line(Store& store, Tracer& tracer) {
  const FramePosition position(store);
  const Module& module = *position.instance->module;
  const bool is_known = tracer.code != nullptr && position.pc >= tracer.code->bytes.get() &&
                        position.pc < tracer.code->bytes.get() + tracer.code->size;
  const Code* code = is_known ? tracer.code : position.code();
  if (code == nullptr) return;
  const TracedFunction& function = function_of(tracer, module, *code);
  const auto offset = static_cast<uint32_t>(position.pc - code->bytes.get() + sizeof(layout::Count));
  const auto& instructions = function.text.instructions;
  const auto at = std::ranges::lower_bound(instructions, offset, {}, &InstructionText::code_offset);
  tracer.line = function.head;
  if (at != instructions.end() && at->code_offset == offset) add_instruction(tracer, *at, position.frame);
  tracer.wants_more = store.engine->config.trace(tracer.line);
}

} // namespace

Suspension* traced_registers(Store& store) noexcept {
  const auto make = [&] {
    if (store.tracer == nullptr) store.tracer = std::make_shared<Tracer>();
    return store.tracer->wants_more ? &store.tracer->registers : nullptr;
  };
  return unless_out_of_memory(make, [] { return static_cast<Suspension*>(nullptr); });
}

void trace(Store& store) noexcept {
  unless_out_of_memory([&] { write_line(store, *store.tracer); }, [] {});
}

} // namespace skerry::vm
