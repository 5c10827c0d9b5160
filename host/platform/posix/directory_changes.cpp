// Implements DirectoryChanges on systems with only POSIX, which does not report changes of directories. The
// queue can only wait and be woken, so files have to be polled.
#include "host/platform/directory_changes.hpp"

#include <condition_variable>
#include <mutex>

namespace skerry::platform {

struct DirectoryChanges::State {
  std::mutex mutex;
  std::condition_variable woken_changed;
  bool woken = false;
};

DirectoryChanges::DirectoryChanges() : state_(std::make_unique<State>()) {}
DirectoryChanges::~DirectoryChanges() = default;

bool DirectoryChanges::open() { return false; }
bool DirectoryChanges::is_open() const noexcept { return false; }
int DirectoryChanges::add(const std::filesystem::path&, bool) { return -1; }
void DirectoryChanges::keep_only(std::span<const int>) {}
void DirectoryChanges::take(const std::function<void(const Event&)>&) {}

void DirectoryChanges::wait(std::optional<std::chrono::milliseconds> time) noexcept {
  std::unique_lock lock(state_->mutex);
  const auto is_woken = [&] { return state_->woken; };
  if (time)
    state_->woken_changed.wait_for(lock, *time, is_woken);
  else
    state_->woken_changed.wait(lock, is_woken);
  state_->woken = false;
}

void DirectoryChanges::wake() noexcept {
  {
    const std::lock_guard lock(state_->mutex);
    state_->woken = true;
  }
  state_->woken_changed.notify_one();
}

} // namespace skerry::platform
