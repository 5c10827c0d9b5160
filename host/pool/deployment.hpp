// Which version of a plugin is in service, which were before, and which are known to be bad. Internal.
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

/// Thread-safe. The lock is held for the moves of pointers only; what is dropped is freed without it.
class Deployment {
public:
  enum class Swap : uint8_t {
    done,
    leaving, ///< the plugin is being unloaded: nothing was changed
    changed, ///< another generation has become current meanwhile: nothing was changed
  };
  struct RollbackTarget {
    GenerationPtr current;
    VersionPtr version; ///< null: there is none
  };

  /// The generation that new calls go to; null before the first swap.
  GenerationPtr current() const;
  /// `next` instead of `expected`, whose version is kept, and the oldest given up beyond what the new
  /// manifest's reload.keep allows.
  Swap swap(const GenerationPtr& expected, GenerationPtr next);

  RollbackTarget rollback_target() const;
  /// `next`, made of the target's version, instead of its `current`, whose version is now known to be bad.
  Swap roll_back(const RollbackTarget& target, GenerationPtr next);
  /// The versions that are kept, the youngest first.
  std::vector<VersionPtr> kept() const;

  bool is_bad(const Manifest& manifest, std::string_view hash) const;
  /// The last few are remembered, where there is memory for them.
  void add_bad(const Manifest& manifest, std::string_view hash) noexcept;

  /// No swap from now on.
  void leave();
  /// Gives up the versions that are kept.
  void forget_kept() noexcept;

private:
  struct Bad {
    Manifest manifest;
    std::string hash;
  };
  static constexpr size_t most_bad = 16;
  void forgive(const Version& version);
  VersionPtr take_kept() noexcept; // the oldest, or null

  mutable Mutex mutex_; // calls take it
  GenerationPtr current_ SKERRY_GUARDED_BY(mutex_);
  std::deque<VersionPtr> kept_ SKERRY_GUARDED_BY(mutex_); // the youngest first
  bool leaving_ SKERRY_GUARDED_BY(mutex_) = false;
  mutable Mutex bad_mutex_;                           // calls never take it
  std::deque<Bad> bad_ SKERRY_GUARDED_BY(bad_mutex_); // the youngest first
};

} // namespace skerry::host
