#include "vm/translate/emit/emitter.hpp"

#include "vm/translate/emit/encode.hpp"
#include "vm/translate/emit/pin_insertion.hpp"
#include "vm/translate/emit/tail_duplication.hpp"

namespace skerry::vm {

namespace {

class Emitter {
public:
  Emitter(IrFunction& function, const std::pmr::vector<Pin>& pins, const HandlerTable& handlers,
          PiecedCode& code, const EmitObservers& observers)
      : function_(function), writer_(handlers, code, observers.listing), duplication_(function),
        pins_(function, pins), side_table_(observers.side_table),
        is_unchanged_(!pins_.has_pins() && side_table_ == nullptr) {}

  void run() {
    for (uint32_t i = 0; i < function_.code.chunk_count(); ++i) {
      const std::span<Ir> chunk = function_.code.chunk(i);
      function_.arena->spend(chunk.size());
      for (Ir& ir : chunk) {
        if (ir.operation == Operation::branch && duplication_.copy_target(ir, copy_))
          emit_copy();
        else
          emit(ir);
      }
    }
  }

private:
  void emit_copy() {
    for (const TailCopy::Part& part : copy_.parts()) {
      Ir ir = *part.ir;
      ir.pending += part.owed;
      emit(ir);
    }
    Ir end = copy_.end();
    emit(end);
  }
  void emit(Ir& ir) {
    if (is_unchanged_) return encode(writer_, function_, ir);
    if (ir.operation == Operation::nop) return;
    if (side_table_ != nullptr && ir.operation != Operation::label)
      side_table_->note(writer_.offset(), {ir.offset, ir.pending});
    if (!pins_.has_pins()) return encode(writer_, function_, ir);
    pins_.insert(ir, [this](const Ir& emitted) { encode(writer_, function_, emitted); });
  }

  IrFunction& function_;
  InstructionWriter writer_;
  TailDuplication duplication_;
  TailCopy copy_;
  PinInsertion pins_;
  SideTableBuilder* side_table_;
  bool is_unchanged_; // no pins to replace and no side table to fill
};

} // namespace

void emit_code(IrFunction& function, const std::pmr::vector<Pin>& pins, const HandlerTable& handlers,
               PiecedCode& code, const EmitObservers& observers) {
  code.expect_labels(function.label_positions.size());
  Emitter(function, pins, handlers, code, observers).run();
}

} // namespace skerry::vm
