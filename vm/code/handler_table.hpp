// Tables of the interpreter's handlers. The translator picks handlers from a table and thus does not depend
// on vm/exec. An engine owns the one table that fits its configuration (SIMD target, superinstructions,
// tracing …).
//
// In the comments below, d is the destination of an operation, and a, b and c are its operands. [d][a] means
// that a row has one handler for each combination of the places of d and a; the last index varies fastest.
#pragma once

#include "vm/code/handler.hpp"
#include "vm/code/sequence_index.hpp"
#include "vm/isa/opcode.hpp"

#include <array>
#include <cstddef>

namespace skerry::vm {

class SequenceTable;

/// A handler, and the number by which superinstructions refer to it (vm/code/sequence_index.hpp).
struct NumberedHandler {
  Handler handler = nullptr;
  HandlerNumber number = 0;
};
/// The handlers of one operation, with an index computed from the places of its operands.
struct HandlerRow {
  const Handler* handlers = nullptr;
  const uint16_t* numbers = nullptr;
  NumberedHandler operator[](size_t index) const { return {handlers[index], numbers[index]}; }
};

/// The comparisons of fused compare-and-branch operations. The first ten are in the order of the instructions
/// i32.eq … i32.ge_u. `test` means (a & b) != 0, and `test_not` means (a & b) == 0.
enum class Compare : uint8_t { eq, ne, lt_s, lt_u, gt_s, gt_u, le_s, le_u, ge_s, ge_u, test, test_not };
inline constexpr size_t compare_count = 12;

/// How a load or store computes the address at which the access ends. One comparison of this address with the
/// memory size is the bounds check. `end` is the instruction's offset immediate plus the size of the access.
/// k is the shift that scales an index. `addend` is the constant of an i32.add that computed the address and
/// has become part of the access.
enum class AddressMode : uint8_t {
  plain,           ///< u64(a) + end
  indexed,         ///< u32(a + (b << k)) + end
  wrapped,         ///< u32(a + addend) + end
  indexed_wrapped, ///< u32(a + (b << k) + addend) + end
};
inline constexpr size_t address_mode_count = 4;

/// The handlers of one load or store, by address mode: [value][a], or [value][a][b][scaled] for the indexed
/// modes.
struct MemoryHandlers {
  std::array<HandlerRow, address_mode_count> mode{};
};
inline constexpr size_t first_memory_row = static_cast<size_t>(Opcode::i32_load);
inline constexpr size_t scalar_memory_rows = static_cast<size_t>(Opcode::i64_store32) - first_memory_row + 1;
inline constexpr size_t memory_row_count = scalar_memory_rows + 4;

/// Returns the index of a load or store in HandlerTable::memory. The scalar instructions come first, in the
/// order of their opcodes; four v128 instructions follow. Returns memory_row_count for every other
/// instruction. The translator splits the other v128 accesses into one of these instructions and a vector
/// instruction.
constexpr size_t memory_row(Opcode op) {
  switch (op) {
  case Opcode::v128_load: return scalar_memory_rows;
  case Opcode::v128_store: return scalar_memory_rows + 1;
  case Opcode::v128_load32_zero: return scalar_memory_rows + 2;
  case Opcode::v128_load64_zero: return scalar_memory_rows + 3;
  default:
    return op >= Opcode::i32_load && op <= Opcode::i64_store32 ? static_cast<size_t>(op) - first_memory_row
                                                               : memory_row_count;
  }
}

struct HandlerTable {
  // Numeric instructions, by opcode: [d][a] or [d][a][b]. Instructions with three operands and those of
  // vm/code/simd_places.hpp have a single handler. Lane instructions: [d] for extract_lane, [b] for
  // replace_lane.
  std::array<HandlerRow, opcode_count> numeric{};
  // Loads and stores in memory 0 with 32-bit addresses, by memory_row().
  std::array<MemoryHandlers, memory_row_count> memory{};
  // Instructions whose operands and results are in consecutive slots (layout::StackOp), by opcode.
  std::array<Handler, opcode_count> stack_op{};

  // [i32, i64][compare]. Rows of branch_if: [a][b][back], where `back` is 1 for a jump to a lower address.
  // Rows of count_branch: [a][b].
  std::array<std::array<HandlerRow, compare_count>, 2> branch_if{};
  std::array<std::array<HandlerRow, compare_count>, 2> count_branch{};
  // [f32, f64][eq ne lt gt le ge]. Rows: [negate][a][b][back].
  std::array<std::array<HandlerRow, 6>, 2> branch_if_float{};

  std::array<HandlerRow, 3> lea{};          // [shift - 1]: [d][a][b]
  HandlerRow move;                          // [d][a]
  HandlerRow move_constant64;               // [d]
  std::array<HandlerRow, 2> float_move{};   // [f32, f64]: [d][a]
  HandlerRow move128;                       // [d][a], no constants
  HandlerRow constant128;                   // [d]
  HandlerRow shuffle;                       // [d][a][b]
  HandlerRow select;                        // [d][a][b][c]
  std::array<HandlerRow, 2> select_slots{}; // [one or two slots]: [c]
  HandlerRow global_get;                    // [d]
  HandlerRow global_set;                    // [a]
  HandlerRow imported_global_get;
  HandlerRow imported_global_set;
  HandlerRow return_;                       // [a]
  std::array<HandlerRow, 2> return_float{}; // [f32, f64]: [a]
  HandlerRow branch_table;                  // [a]
  HandlerRow call_indirect;                 // [a]
  HandlerRow call_ref;                      // [a]
  HandlerRow return_call_indirect;
  HandlerRow return_call_ref;
  HandlerRow enter; // [slots - 1] for up to enter_unrolled slots, then one for any number

  NumberedHandler branch, branch_back;
  NumberedHandler return_none;
  NumberedHandler call, call_import, return_call, return_call_import;
  NumberedHandler copy_slots;
  NumberedHandler unreachable;
  NumberedHandler look;

  Handler lazy_stub = nullptr; // the FuncInstance::stub of functions that are not translated yet

  const SequenceTable* sequences = nullptr; // null if there are no superinstructions
  /// Precedes every instruction of code that is profiled or traced (layout::Count). Null in other engines.
  Handler count = nullptr;
};
inline constexpr uint32_t enter_unrolled = 8;

} // namespace skerry::vm
