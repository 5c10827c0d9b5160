#include "vm/code/code.hpp"

namespace skerry::vm {

const Code* CodeStore::publish(size_t defined_index, std::unique_ptr<Code> code) {
  const std::lock_guard lock(mutex_);
  if (const Code* faster = find(defined_index)) return faster;
  const Code* published = code.get();
  bytes_ += code->size;
  owned_.emplace(code->bytes.get(), std::move(code));
  slots_[defined_index].store(published, std::memory_order_release);
  return published;
}

const Code* CodeStore::containing(const std::byte* pc) const {
  const std::lock_guard lock(mutex_);
  auto after = owned_.upper_bound(pc);
  if (after == owned_.begin()) return nullptr;
  const Code* code = std::prev(after)->second.get();
  return pc < code->bytes.get() + code->size ? code : nullptr;
}

uint64_t CodeStore::code_bytes() const {
  const std::lock_guard lock(mutex_);
  return bytes_;
}

} // namespace skerry::vm
