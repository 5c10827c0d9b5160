#include "host/guest/key_value_store.hpp"

namespace skerry::host {

KeyValueStore::KeyValueStore(const Capabilities& limits, std::shared_ptr<ByteBudget> budget)
    : max_bytes_(limits.max_key_value_bytes()), max_keys_(limits.max_key_value_keys),
      budget_(std::move(budget)) {}

KeyValueStore::~KeyValueStore() { budget_->give_back(bytes_); }

std::optional<std::string> KeyValueStore::get(std::string_view key) const {
  const Lock lock(mutex_);
  auto found = values_.find(key);
  if (found == values_.end()) return std::nullopt;
  return found->second;
}

bool KeyValueStore::set(std::string_view key, std::string_view value) {
  const Lock lock(mutex_);
  auto found = values_.find(key);
  bool is_new = found == values_.end();
  if (is_new && values_.size() >= max_keys_) return false;
  uint64_t before = is_new ? 0 : found->second.size();
  uint64_t after = value.size() + (is_new ? key.size() + entry_bytes : 0);
  if (bytes_ - before + after > max_bytes_) return false;
  std::string kept_key(is_new ? key : std::string_view()), kept_value(value);
  if (is_new) found = values_.try_emplace(std::move(kept_key)).first;
  if (after > before && !budget_->take(after - before)) {
    if (is_new) values_.erase(found);
    return false;
  }
  // Nothing allocates from here on, so the budget and the entry stay consistent.
  if (after < before) budget_->give_back(before - after);
  bytes_ = bytes_ - before + after;
  found->second.swap(kept_value);
  return true;
}

bool KeyValueStore::remove(std::string_view key) {
  const Lock lock(mutex_);
  auto found = values_.find(key);
  if (found == values_.end()) return false;
  uint64_t bytes = found->first.size() + found->second.size() + entry_bytes;
  bytes_ -= bytes;
  budget_->give_back(bytes);
  values_.erase(found);
  return true;
}

uint64_t KeyValueStore::bytes() const {
  const Lock lock(mutex_);
  return bytes_;
}

bool KeyValueStore::move_to(const Capabilities& limits, std::shared_ptr<ByteBudget> budget) {
  const Lock lock(mutex_);
  if (!budget->take(bytes_)) return false;
  budget_->give_back(bytes_);
  budget_ = std::move(budget);
  max_bytes_ = limits.max_key_value_bytes();
  max_keys_ = limits.max_key_value_keys;
  return true;
}

} // namespace skerry::host
