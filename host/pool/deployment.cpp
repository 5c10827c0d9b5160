#include "host/pool/deployment.hpp"

#include "host/support/out_of_memory.hpp"

#include <algorithm>

namespace skerry::host {

GenerationPtr Deployment::current() const {
  const Lock lock(mutex_);
  return current_;
}

Deployment::Swap Deployment::swap(const GenerationPtr& expected, GenerationPtr next) {
  std::vector<VersionPtr> dropped; // declared before the lock, so that it frees versions after the unlock
  forgive(*next->version());
  const Lock lock(mutex_);
  if (leaving_) return Swap::leaving;
  if (current_ != expected) return Swap::changed;
  const Version& version = *next->version();
  if (!expected) {
    current_ = std::move(next);
    return Swap::done;
  }
  dropped.reserve(kept_.size() + 1); // if this or the next line throws, nothing is swapped
  kept_.push_front(expected->version());
  current_ = std::move(next);
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

Deployment::RollbackTarget Deployment::rollback_target() const {
  const Lock lock(mutex_);
  return {current_, kept_.empty() ? nullptr : kept_.front()};
}

Deployment::Swap Deployment::roll_back(const RollbackTarget& target, GenerationPtr next) {
  {
    const Lock lock(mutex_);
    if (leaving_) return Swap::leaving;
    if (current_ != target.current || kept_.empty() || kept_.front() != target.version) return Swap::changed;
    kept_.pop_front();
    current_ = std::move(next);
  }
  add_bad(target.current->manifest(), target.current->version()->hash());
  return Swap::done;
}

std::vector<VersionPtr> Deployment::kept() const {
  const Lock lock(mutex_);
  return {kept_.begin(), kept_.end()};
}

bool Deployment::is_bad(const Manifest& manifest, std::string_view hash) const {
  const Lock lock(bad_mutex_);
  return std::ranges::any_of(bad_,
                             [&](const Bad& bad) { return bad.hash == hash && bad.manifest == manifest; });
}

void Deployment::add_bad(const Manifest& manifest, std::string_view hash) noexcept {
  const Lock lock(bad_mutex_);
  unless_out_of_memory(
      [&] {
        bad_mutex_.is_held();
        bad_.push_front({manifest, std::string(hash)});
        if (bad_.size() > most_bad) bad_.pop_back();
      },
      [] {});
}

void Deployment::forgive(const Version& version) {
  const Lock lock(bad_mutex_);
  std::erase_if(bad_, [&](const Bad& bad) { return version.is(bad.manifest, bad.hash); });
}

void Deployment::leave() {
  const Lock lock(mutex_);
  leaving_ = true;
}

void Deployment::forget_kept() noexcept {
  for (VersionPtr dropped = take_kept(); dropped; dropped = take_kept()) { // freed without the lock
  }
}

VersionPtr Deployment::take_kept() noexcept {
  const Lock lock(mutex_);
  if (kept_.empty()) return nullptr;
  VersionPtr taken = std::move(kept_.back());
  kept_.pop_back();
  return taken;
}

} // namespace skerry::host
