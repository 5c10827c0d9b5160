#include "vm/code/code.hpp"

#include <iterator>
#include <utility>

namespace skerry::vm {

CodeStore::~CodeStore() {
  for (const Payer& payer : payers_) payer.budget->give_back(payer.bytes);
}

/// Returns the sum to which a payment of `payer` is added.
uint64_t& CodeStore::owed_to(const std::shared_ptr<ByteBudget>& payer) {
  if (!payer) return unpaid_;
  if (payers_.empty() || payers_.back().budget != payer) payers_.push_back({payer});
  return payers_.back().bytes;
}

const Code* CodeStore::publish(size_t defined_index, Code code, const std::shared_ptr<ByteBudget>& payer) {
  const std::lock_guard lock(mutex_);
  if (const Code* faster = find(defined_index)) {
    if (payer) payer->give_back(code.size);
    return faster;
  }
  // If either step runs out of memory, nothing is published or charged.
  uint64_t& owed = owed_to(payer);
  const Code& published = owned_.emplace_back(std::move(code));
  owed += published.size;
  bytes_ += published.size;
  slots_[defined_index].store(&published, std::memory_order_release);
  return &published;
}

std::shared_ptr<const SideTable> CodeStore::side_table(size_t defined_index) const {
  const std::lock_guard lock(mutex_);
  const auto kept = side_tables_.find(defined_index);
  return kept == side_tables_.end() ? nullptr : kept->second;
}

std::shared_ptr<const SideTable> CodeStore::keep(size_t defined_index, std::shared_ptr<const SideTable> table,
                                                 const std::shared_ptr<ByteBudget>& payer) {
  const std::lock_guard lock(mutex_);
  uint64_t& owed = owed_to(payer);
  auto& kept = side_tables_[defined_index];
  if (kept != nullptr) return kept;
  if (payer && !payer->take(table->bytes())) {
    side_tables_.erase(defined_index);
    return table;
  }
  owed += table->bytes();
  kept = table;
  return table;
}

const Code* CodeStore::containing(const std::byte* pc) const {
  const std::lock_guard lock(mutex_);
  for (size_t i = by_start_.size(); i < owned_.size(); ++i)
    by_start_.emplace(owned_[i].bytes.get(), &owned_[i]);
  const auto after = by_start_.upper_bound(pc);
  if (after == by_start_.begin()) return nullptr;
  const Code* code = std::prev(after)->second;
  return pc < code->bytes.get() + code->size ? code : nullptr;
}

uint64_t CodeStore::code_bytes() const {
  const std::lock_guard lock(mutex_);
  return bytes_;
}

} // namespace skerry::vm
