#include "vm/exec/trap_error.hpp"

#include "vm/code/layout.hpp"
#include "vm/isa/instruction.hpp"
#include "vm/module/module.hpp"
#include "vm/runtime/budget.hpp"

#include <string>
#include <utility>

namespace skerry::vm {
namespace {

using std::to_string;

/// An access to `count` elements that begin at index `start`, in an object that has `size` elements.
struct Access {
  uint64_t start, count, size;
};

std::string in_memory(const Access& access) {
  return to_string(access.count) + (access.count == 1 ? " byte" : " bytes") + " at address " +
         to_string(access.start) + ", the memory has " + to_string(access.size) + " bytes";
}
std::string in_data_segment(const Access& access) {
  return to_string(access.count) + " bytes at " + to_string(access.start) + " of a data segment of " +
         to_string(access.size) + " bytes";
}

uint64_t memory_bytes(const Store& store, uint32_t index) {
  return store.run.instance->memories[index]->byte_size;
}

/// Describes the destination if it is out of bounds, else the source.
std::string first_misfit(const Access& to, std::string (*describe_to)(const Access&), const Access& from,
                         std::string (*describe_from)(const Access&)) {
  return fits(to.start, to.count, to.size) ? describe_from(from) : describe_to(to);
}

/// Describes the access of a bulk instruction, whose operands are in consecutive slots
/// (vm/exec/stack_op_handlers.cpp).
std::string describe_bulk(const Store& store, const Instruction& instr) {
  const uint64_t* slots =
      store.run.frame + std::to_underlying(layout::at<layout::StackOp>(store.run.pc).first);
  const uint64_t count = slots[2];
  switch (instr.op) {
  case Opcode::memory_fill: return in_memory({slots[0], count, memory_bytes(store, instr.index[0])});
  case Opcode::memory_copy:
    return first_misfit({slots[0], count, memory_bytes(store, instr.index[0])}, in_memory,
                        {slots[1], count, memory_bytes(store, instr.index[1])}, in_memory);
  case Opcode::memory_init:
    return first_misfit({slots[0], count, memory_bytes(store, instr.index[1])}, in_memory,
                        {slots[1], count, store.run.instance->data_segments[instr.index[0]].size},
                        in_data_segment);
  default: return {};
  }
}

std::string describe_access(const Store& store, uint32_t module_offset) {
  const std::span<const std::byte> bytes = store.run.instance->module->bytes;
  ByteReader reader(bytes.subspan(module_offset), module_offset);
  Instruction instr;
  if (!decode_instruction(reader, instr)) return {};
  const uint8_t width = info(instr.op).access_bytes;
  return width == 0 ? describe_bulk(store, instr)
                    : in_memory({store.run.detail, width, memory_bytes(store, instr.memarg.memory)});
}

} // namespace

Error trap_error(const Store& store, ErrorCode code, const std::optional<CodeLocation>& location) {
  if (code == ErrorCode::uninitialized_element)
    return Error(ErrorKind::trap, code, "uninitialized element " + to_string(store.run.detail));
  Error error = Error::trap(code);
  if (code != ErrorCode::out_of_bounds_memory_access || !location) return error;
  if (const std::string detail = describe_access(store, location->module_offset); !detail.empty())
    error.with_detail(": " + detail);
  return error;
}

} // namespace skerry::vm
