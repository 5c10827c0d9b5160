#include "host/serving.hpp"

#include <algorithm>

namespace skerry::host {

GenerationPtr Serving::current() const {
  std::lock_guard lock(mutex_);
  return current_;
}

Serving::Swap Serving::swap(const GenerationPtr& expected, GenerationPtr next) {
  std::vector<VersionPtr> dropped; // before the lock: freed after it
  forgive(*next->version());
  std::lock_guard lock(mutex_);
  if (leaving_) return Swap::leaving;
  if (current_ != expected) return Swap::changed;
  const Version& version = *next->version();
  current_ = std::move(next);
  if (!expected) return Swap::done;
  kept_.push_front(expected->version());
  const auto same = [&](const VersionPtr& kept) { return kept->is(version.manifest(), version.hash()); };
  for (auto kept = kept_.begin(); kept != kept_.end();) {
    const bool beyond = kept - kept_.begin() >= static_cast<ptrdiff_t>(version.manifest().reload.keep);
    if (!beyond && !same(*kept)) {
      ++kept;
      continue;
    }
    dropped.push_back(std::move(*kept));
    kept = kept_.erase(kept);
  }
  return Swap::done;
}

Serving::RollbackTarget Serving::rollback_target() const {
  std::lock_guard lock(mutex_);
  return {current_, kept_.empty() ? nullptr : kept_.front()};
}

Serving::Swap Serving::roll_back(const RollbackTarget& target, GenerationPtr next) {
  {
    std::lock_guard lock(mutex_);
    if (leaving_) return Swap::leaving;
    if (current_ != target.current || kept_.empty() || kept_.front() != target.version) return Swap::changed;
    kept_.pop_front();
    current_ = std::move(next);
  }
  add_bad(target.current->manifest(), target.current->version()->hash());
  return Swap::done;
}

std::vector<VersionPtr> Serving::kept() const {
  std::lock_guard lock(mutex_);
  return {kept_.begin(), kept_.end()};
}

bool Serving::is_bad(const Manifest& manifest, std::string_view hash) const {
  std::lock_guard lock(bad_mutex_);
  return std::ranges::any_of(bad_,
                             [&](const Bad& bad) { return bad.hash == hash && bad.manifest == manifest; });
}

void Serving::add_bad(const Manifest& manifest, std::string hash) {
  std::lock_guard lock(bad_mutex_);
  bad_.push_front({manifest, std::move(hash)});
  if (bad_.size() > most_bad) bad_.pop_back();
}

void Serving::forgive(const Version& version) {
  std::lock_guard lock(bad_mutex_);
  std::erase_if(bad_, [&](const Bad& bad) { return version.is(bad.manifest, bad.hash); });
}

void Serving::leave() {
  std::lock_guard lock(mutex_);
  leaving_ = true;
}

void Serving::forget_kept() {
  std::deque<VersionPtr> dropped;
  std::lock_guard lock(mutex_);
  dropped.swap(kept_);
}

} // namespace skerry::host
