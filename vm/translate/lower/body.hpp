// First stage of translation: one pass over a validated body with a symbolic operand stack. Comparisons are
// fused with branches, and additions and shifts with addresses. Each group of instructions has its own file.
// The functions in these files share one LoweringContext.
#pragma once

#include "vm/base/byte_reader.hpp"
#include "vm/translate/lower/context.hpp"
#include "vm/translate/lower/control.hpp"

#include <string>

namespace skerry::vm {

class BodyLowering {
public:
  /// Data that the later stages need is allocated in `kept`, the rest in `scratch`.
  BodyLowering(const Module& module, const Layout& layout, uint32_t defined_index, Arena& kept,
               Arena& scratch);
  /// Lowers the body. Errors: limit (too many slots, or an instruction that is not implemented). Throws
  /// Stopped.
  Result<IrFunction> run();

private:
  void declare_locals(ByteReader& reader);
  void clear_locals(uint32_t first);
  void begin_instruction(const ByteReader& reader);
  void check_fuel();
  bool skip_dead(const Instruction& instr);
  void lower_frequent(ByteReader& reader);
  void lower_next(const Instruction& instr);
  void lower(const Instruction& instr);
  void lower_by_class(const Instruction& instr);
  void refuse_unimplemented(Opcode op);
  void count_work();
  void fail(std::string message);

  LoweringContext cx_;
  ControlLowering control_;
  Arena& scratch_;
  FuncBody body_;
  uint32_t counted_;        // module offset up to which the body is counted as work
  uint32_t count_at_;       // module offset at which to count more work
  uint32_t dead_depth_ = 0; // blocks opened in unreachable code
  std::string failure_;
};

} // namespace skerry::vm
