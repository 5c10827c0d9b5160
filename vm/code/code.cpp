#include "vm/code/code.hpp"

#include <iterator>
#include <utility>

namespace skerry::vm {

const Code* CodeStore::publish(size_t defined_index, Code code) {
  const std::lock_guard lock(mutex_);
  if (const Code* faster = find(defined_index)) return faster;
  const Code& published = owned_.emplace_back(std::move(code));
  bytes_ += published.size;
  slots_[defined_index].store(&published, std::memory_order_release);
  return &published;
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
