// Deployment: tracks which version of a plugin is in service, which ones are kept for a rollback, and which
// ones are known to be bad. Internal.
#pragma once

#include "host/pool/generation.hpp"
#include "host/support/mutex.hpp"

#include <deque>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace skerry::host {

using GenerationPtr = std::shared_ptr<Generation>;

/// The versions of one plugin. Thread-safe. Dropped versions are freed after the lock is released, because
/// calls take the lock and must not wait while versions are freed.
class Deployment {
public:
  enum class Swap : uint8_t {
    done,
    leaving, ///< not done, because the plugin is being unloaded
    changed, ///< not done, because another generation has become current
  };
  struct RollbackTarget {
    GenerationPtr current;
    VersionPtr version; ///< null if no version is kept
  };

  /// Returns the generation that new calls go to; null before the first swap.
  GenerationPtr current() const;
  /// Replaces `expected`, which must be the current generation, by `next`. Keeps the version of `expected`
  /// for a rollback. Drops kept versions that equal the new version. If more versions are kept than the new
  /// manifest's reload.keep allows, also drops the oldest ones.
  Swap swap(const GenerationPtr& expected, GenerationPtr next);

  RollbackTarget rollback_target() const;
  /// Replaces the generation `target.current` by `next`, which runs `target.version`. The version of
  /// `target.current` is remembered as bad.
  Swap roll_back(const RollbackTarget& target, GenerationPtr next);
  /// Returns the kept versions, newest first.
  std::vector<VersionPtr> kept() const;

  bool is_bad(const Manifest& manifest, std::string_view hash) const;
  /// Remembers a version as bad. Only the newest `most_bad` versions are remembered. If memory runs out, the
  /// version is not remembered.
  void add_bad(const Manifest& manifest, std::string_view hash) noexcept;

  /// Refuses all swaps from now on.
  void leave();
  /// Drops the kept versions.
  void forget_kept() noexcept;

private:
  struct Bad {
    Manifest manifest;
    std::string hash;
  };
  static constexpr size_t most_bad = 16;
  void forgive(const Version& version);
  VersionPtr take_kept() noexcept; // removes and returns the oldest, or null

  mutable Mutex mutex_; // every call of the plugin takes this mutex
  GenerationPtr current_ SKERRY_GUARDED_BY(mutex_);
  std::deque<VersionPtr> kept_ SKERRY_GUARDED_BY(mutex_); // newest first
  bool leaving_ SKERRY_GUARDED_BY(mutex_) = false;
  mutable Mutex bad_mutex_;                           // calls of the plugin never take this mutex
  std::deque<Bad> bad_ SKERRY_GUARDED_BY(bad_mutex_); // newest first
};

} // namespace skerry::host
