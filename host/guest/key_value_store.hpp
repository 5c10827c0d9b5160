// The values that a plugin keeps between calls. Internal.
#pragma once

#include "host/support/mutex.hpp"
#include "skerry/budget.hpp"
#include "skerry/host/capability.hpp"

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace skerry::host {

/// Keeps values in memory while the plugin is loaded. One quota limits the number of keys, and another quota
/// the bytes of all entries. An entry counts the bytes of its key and its value, plus `entry_bytes`. The
/// bytes of all entries are also taken from the plugin's budget. Thread-safe.
class KeyValueStore {
public:
  static constexpr uint64_t entry_bytes = 64;

  KeyValueStore(const Capabilities& limits, std::shared_ptr<ByteBudget> budget);
  ~KeyValueStore();
  KeyValueStore(const KeyValueStore&) = delete;
  KeyValueStore& operator=(const KeyValueStore&) = delete;

  std::optional<std::string> get(std::string_view key) const;
  /// Returns false, and changes nothing, if a quota or the budget would be exceeded.
  bool set(std::string_view key, std::string_view value);
  /// Returns false if the key did not exist.
  bool remove(std::string_view key);
  uint64_t bytes() const;
  /// Switches to the quotas in `limits` and to another budget. Stored values stay, even if they exceed the
  /// new quotas. Returns false, and changes nothing, if the new budget does not have room for the stored
  /// values.
  bool move_to(const Capabilities& limits, std::shared_ptr<ByteBudget> budget);

private:
  mutable Mutex mutex_;
  uint64_t max_bytes_ SKERRY_GUARDED_BY(mutex_), max_keys_ SKERRY_GUARDED_BY(mutex_);
  std::shared_ptr<ByteBudget> budget_ SKERRY_GUARDED_BY(mutex_);
  std::map<std::string, std::string, std::less<>> values_ SKERRY_GUARDED_BY(mutex_);
  uint64_t bytes_ SKERRY_GUARDED_BY(mutex_) = 0;
};

} // namespace skerry::host
