// Tracks which version of a plugin is in service, which are kept, and which are known to be bad. Internal.
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

/// Thread-safe. The lock is held only while pointers move; dropped versions are freed without it.
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
  /// Makes `next` current in place of `expected`, and keeps the version of `expected`. Drops the oldest
  /// versions beyond the new manifest's reload.keep.
  Swap swap(const GenerationPtr& expected, GenerationPtr next);

  RollbackTarget rollback_target() const;
  /// Makes `next`, which runs the target's version, current in place of the target's `current`, whose version
  /// is then known to be bad.
  Swap roll_back(const RollbackTarget& target, GenerationPtr next);
  /// Returns the kept versions, newest first.
  std::vector<VersionPtr> kept() const;

  bool is_bad(const Manifest& manifest, std::string_view hash) const;
  /// Remembers a version as bad. Only the newest few are remembered; if memory runs out, this one is not.
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

  mutable Mutex mutex_; // every call takes it
  GenerationPtr current_ SKERRY_GUARDED_BY(mutex_);
  std::deque<VersionPtr> kept_ SKERRY_GUARDED_BY(mutex_); // newest first
  bool leaving_ SKERRY_GUARDED_BY(mutex_) = false;
  mutable Mutex bad_mutex_;                           // calls never take it
  std::deque<Bad> bad_ SKERRY_GUARDED_BY(bad_mutex_); // newest first
};

} // namespace skerry::host
