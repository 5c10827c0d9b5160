// The values that a plugin keeps over its calls. Internal.
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

/// In memory, for as long as the plugin is loaded. Thread-safe. Each entry counts with its bytes and
/// `entry_bytes` against both quotas and against the plugin's budget.
class KeyValueStore {
public:
  static constexpr uint64_t entry_bytes = 64;

  KeyValueStore(const Capabilities& limits, std::shared_ptr<ByteBudget> budget);
  ~KeyValueStore();
  KeyValueStore(const KeyValueStore&) = delete;
  KeyValueStore& operator=(const KeyValueStore&) = delete;

  std::optional<std::string> get(std::string_view key) const;
  /// False, and nothing changed, when a quota is exceeded.
  bool set(std::string_view key, std::string_view value);
  /// False when there was none.
  bool remove(std::string_view key);
  uint64_t bytes() const;
  /// Other quotas and another budget from now on; what is stored stays, even beyond the quotas. False, and
  /// nothing changed, when the budget does not have what is stored.
  bool move_to(const Capabilities& limits, std::shared_ptr<ByteBudget> budget);

private:
  mutable Mutex mutex_;
  uint64_t max_bytes_ SKERRY_GUARDED_BY(mutex_), max_keys_ SKERRY_GUARDED_BY(mutex_);
  std::shared_ptr<ByteBudget> budget_ SKERRY_GUARDED_BY(mutex_);
  std::map<std::string, std::string, std::less<>> values_ SKERRY_GUARDED_BY(mutex_);
  uint64_t bytes_ SKERRY_GUARDED_BY(mutex_) = 0;
};

} // namespace skerry::host
