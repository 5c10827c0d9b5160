#include "vm/translate/lower/labels.hpp"

#include <algorithm>

namespace skerry::vm {

uint32_t Labels::add() {
  labels_.emplace_back();
  function_.label_positions.push_back(0);
  return labels_.size() - 1;
}

void Labels::refer_last(uint32_t label) {
  Ir& ir = ir_.back();
  ir.jump.label = label;
  ir.back = is_bound(label);
  ir.charge = ir.back ? fuel_.owed() - labels_[label].owed : fuel_.owed();
  if (!ir.back) add_reference(label, ir_.last(), none);
}

BranchTarget Labels::refer_entry(uint32_t label, uint32_t table, uint32_t entry) {
  if (is_bound(label)) return {label, fuel_.owed() - labels_[label].owed};
  add_reference(label, table, entry);
  return {label, fuel_.owed()};
}

void Labels::add_reference(uint32_t label, uint32_t index, uint32_t entry) {
  Label& to = labels_[label];
  const uint32_t added = references_.size();
  references_.push_back({index, entry, none});
  (to.first == none ? to.first : references_[to.last].next) = added;
  to.last = added;
  if (entry == none) to.stretch = std::max(to.stretch, fuel_.stretch());
}

int32_t& Labels::charge_of(const Reference& reference) {
  if (reference.entry == none) return ir_[reference.index].charge;
  return function_.branch_tables[reference.index].targets[reference.entry].charge;
}

void Labels::redirect(uint32_t from, uint32_t to) {
  if (!is_referred_to(from)) return;
  Label &giver = labels_[from], &taker = labels_[to];
  for (uint32_t i = giver.first; i != none; i = references_[i].next)
    ir_[references_[i].index].jump.label = to;
  (taker.first == none ? taker.first : references_[taker.last].next) = giver.first;
  taker.last = giver.last;
  taker.stretch = std::max(taker.stretch, giver.stretch);
  giver.first = giver.last = none;
}

void Labels::bind(uint32_t label, bool falls_through) {
  Label& bound = labels_[label];
  int32_t owed = fuel_.owed();
  if (!falls_through) owed = is_referred_to(label) ? charge_of(references_[bound.first]) : 0;
  for (uint32_t i = bound.first; i != none; i = references_[i].next) charge_of(references_[i]) -= owed;
  const int32_t longest = falls_through ? std::max(bound.stretch, fuel_.stretch()) : bound.stretch;
  fuel_.join(owed, std::max(longest, owed)); // no check has covered the owed fuel yet
  bound.is_bound = true;
  bound.owed = owed;
  ir_.emit(Operation::label).jump.label = label;
  function_.label_positions[label] = ir_.last();
  ir_.seal();
}

} // namespace skerry::vm
