// Reports changes of directories with inotify. An eventfd wakes the thread that waits.
#include "host/platform/directory_changes.hpp"

#include "vm/platform/owned_fd.hpp"

#include <poll.h>
#include <sys/eventfd.h>
#include <sys/inotify.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <set>

namespace skerry::platform {

namespace {

constexpr uint32_t names = IN_CREATE | IN_DELETE | IN_MOVED_FROM | IN_MOVED_TO;
constexpr uint32_t directory_itself = IN_DELETE_SELF | IN_MOVE_SELF | IN_UNMOUNT | IN_IGNORED;

DirectoryChanges::Event translate(const inotify_event& raw, const char* name) {
  DirectoryChanges::Event event;
  event.watch = raw.wd;
  event.name = raw.len == 0 ? std::string_view() : std::string_view(name); // the kernel ends it with zeros
  event.written = (raw.mask & IN_MODIFY) != 0;
  event.closed = (raw.mask & IN_CLOSE_WRITE) != 0;
  event.replaced = (raw.mask & names) != 0;
  event.gone = (raw.mask & directory_itself) != 0;
  event.overflow = (raw.mask & IN_Q_OVERFLOW) != 0;
  return event;
}

/// The longest wait if the system had no descriptor left for waking the thread.
constexpr int longest_deaf_wait = 100; // ms

} // namespace

struct DirectoryChanges::State {
  OwnedFd queue;
  const OwnedFd alarm{::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)};
  std::set<int> watches;
};

DirectoryChanges::DirectoryChanges() : state_(std::make_unique<State>()) {}
DirectoryChanges::~DirectoryChanges() = default;

bool DirectoryChanges::open() {
  state_->queue = OwnedFd(::inotify_init1(IN_CLOEXEC | IN_NONBLOCK));
  return is_open();
}

bool DirectoryChanges::is_open() const noexcept { return state_->queue.is_open(); }

int DirectoryChanges::add(const std::filesystem::path& directory, bool content) {
  const uint32_t writing = content ? IN_MODIFY | IN_CLOSE_WRITE | IN_ATTRIB : 0;
  // With IN_MASK_ADD, a directory that is already watched for another file keeps the events of that watch.
  const int watch =
      ::inotify_add_watch(state_->queue.get(), directory.c_str(),
                          names | writing | IN_DELETE_SELF | IN_MOVE_SELF | IN_ONLYDIR | IN_MASK_ADD);
  // If this throws, the kernel keeps the watch until the queue closes.
  if (watch >= 0) state_->watches.insert(watch);
  return watch;
}

void DirectoryChanges::keep_only(std::span<const int> used) {
  std::erase_if(state_->watches, [&](int watch) {
    if (std::ranges::find(used, watch) != used.end()) return false;
    // This call fails if the directory has disappeared. In that case the kernel has already removed the
    // watch.
    ::inotify_rm_watch(state_->queue.get(), watch);
    return true;
  });
}

void DirectoryChanges::take(const std::function<void(const Event&)>& handle) {
  if (!is_open()) return;
  alignas(inotify_event) std::array<char, 16384> buffer;
  ssize_t size;
  while ((size = ::read(state_->queue.get(), buffer.data(), buffer.size())) > 0) {
    for (ssize_t at = 0; at < size;) {
      inotify_event raw;
      std::memcpy(&raw, buffer.data() + at, sizeof raw);
      handle(translate(raw, buffer.data() + at + sizeof raw));
      at += static_cast<ssize_t>(sizeof raw + raw.len);
    }
  }
}

void DirectoryChanges::wait(std::optional<std::chrono::milliseconds> time) noexcept {
  constexpr int64_t longest = 60'000; // fits in an int; an earlier return is allowed
  int left = time ? static_cast<int>(std::clamp<int64_t>(time->count(), 0, longest)) : -1;
  if (!state_->alarm.is_open() && (left < 0 || left > longest_deaf_wait)) left = longest_deaf_wait;
  pollfd descriptors[] = {{state_->alarm.get(), POLLIN, 0}, {state_->queue.get(), POLLIN, 0}};
  ::poll(descriptors, 2, left);
  uint64_t count;
  [[maybe_unused]] const auto taken = ::read(state_->alarm.get(), &count, sizeof count);
}

void DirectoryChanges::wake() noexcept {
  const uint64_t one = 1;
  [[maybe_unused]] const auto written = ::write(state_->alarm.get(), &one, sizeof one);
}

} // namespace skerry::platform
