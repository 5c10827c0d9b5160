// Labels: where branches lead, and how much fuel is owed there.
//
// All paths that join at a label must owe the same fuel there. bind() chooses this amount: the fuel that the
// code before the label owes if it falls through to the label, otherwise the fuel that the first branch to
// the label owes, or 0 if there is no branch. Each branch charges the fuel that it owes beyond this amount (a
// negative charge if it owes less). bind() corrects the charges of branches that were emitted earlier.
#pragma once

#include "vm/translate/lower/fuel_account.hpp"
#include "vm/translate/lower/ir_builder.hpp"

#include <cstdint>

namespace skerry::vm {

class Labels {
public:
  Labels(IrFunction& function, IrBuilder& ir, FuelAccount& fuel, Arena& scratch)
      : function_(function), ir_(ir), fuel_(fuel), labels_(scratch), references_(scratch) {}

  /// Returns the number of a new label.
  uint32_t add();
  /// Returns whether the label has been bound. A new branch to a bound label goes back.
  bool is_bound(uint32_t label) const { return labels_[label].is_bound; }
  bool is_referred_to(uint32_t label) const { return labels_[label].first != none; }

  /// Makes the last operation, which is a branch, lead to the label, and sets its charge.
  void refer_last(uint32_t label);
  /// Makes entry `entry` of the branch table `table` lead to the label, and returns the entry.
  BranchTarget refer_entry(uint32_t label, uint32_t table, uint32_t entry);
  /// Makes all branches to the label `from` lead to the label `to`. No branch table may refer to `from`.
  void redirect(uint32_t from, uint32_t to);
  /// Puts the label after the last operation. `falls_through` says whether control also reaches it from that
  /// operation.
  void bind(uint32_t label, bool falls_through);

private:
  static constexpr uint32_t none = ~uint32_t{0};
  struct Label {
    bool is_bound = false;
    int32_t owed = 0;                   // fuel that every path to the label still owes
    int32_t stretch = 0;                // the longest stretch of the branches to it
    uint32_t first = none, last = none; // a list in references_
  };
  struct Reference {
    uint32_t index; // of the operation or of the branch table
    uint32_t entry; // entry of the branch table; none for an operation
    uint32_t next;
  };

  void add_reference(uint32_t label, uint32_t index, uint32_t entry);
  int32_t& charge_of(const Reference& reference);

  IrFunction& function_;
  IrBuilder& ir_;
  FuelAccount& fuel_;
  ChunkList<Label, 64> labels_;
  ChunkList<Reference, 64> references_;
};

} // namespace skerry::vm
