#include "vm/code/code.hpp"

#include <iterator>
#include <utility>

namespace skerry::vm {

CodeStore::~CodeStore() {
  for (const Payer& payer : payers_) payer.budget->give_back(payer.bytes);
}

/// Adds `payer` to payers_ unless it is null or already the last entry. May run out of memory.
void CodeStore::expect_payment(const std::shared_ptr<ByteBudget>& payer) {
  if (payer && (payers_.empty() || payers_.back().budget != payer)) payers_.push_back({payer});
}

const Code* CodeStore::publish(size_t defined_index, Code code, const std::shared_ptr<ByteBudget>& payer) {
  const std::lock_guard lock(mutex_);
  if (const Code* faster = find(defined_index)) {
    if (payer) payer->give_back(code.size);
    return faster;
  }
  // If expect_payment() or emplace_back() runs out of memory, nothing has been published or charged yet.
  expect_payment(payer);
  const Code& published = owned_.emplace_back(std::move(code));
  if (payer) payers_.back().bytes += published.size;
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
  expect_payment(payer);
  const auto [kept, is_new] = side_tables_.try_emplace(defined_index, table);
  if (!is_new) return kept->second;
  if (payer && !payer->take(table->bytes())) {
    side_tables_.erase(kept);
    return table;
  }
  if (payer) payers_.back().bytes += table->bytes();
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
