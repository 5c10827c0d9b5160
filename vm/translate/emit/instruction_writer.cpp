#include "vm/translate/emit/instruction_writer.hpp"

namespace skerry::vm {

/// Called before each instruction of code that is profiled, traced or listed. Adds a layout::Count for
/// profiles and traces, and an entry in the listing.
[[gnu::cold]] void InstructionWriter::observe(const Ir& ir, layout::Form form, HandlerNumber number) {
  if (handlers_.count != nullptr) {
    auto& count = *reinterpret_cast<layout::Count*>(code_.add(sizeof(layout::Count)));
    count.handler = {handlers_.count};
    count.depth = ir.depth;
  }
  if (listing_ != nullptr) listing_->push_back({offset(), number, form, ir});
}

void InstructionWriter::add_table(std::span<const BranchTarget> targets) {
  at_ = offset();
  auto* entries = reinterpret_cast<layout::BranchTableEntry*>(
      code_.add(targets.size() * sizeof(layout::BranchTableEntry)));
  for (size_t i = 0; i < targets.size(); ++i) {
    refer(*entries, entries[i].target, targets[i].label);
    entries[i].charge.fuel = targets[i].charge;
  }
}

} // namespace skerry::vm
