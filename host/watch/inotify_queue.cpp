#include "host/watch/inotify_queue.hpp"

#include <sys/inotify.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstring>

namespace skerry::host {

namespace {

constexpr uint32_t names = IN_CREATE | IN_DELETE | IN_MOVED_FROM | IN_MOVED_TO;
constexpr uint32_t directory_itself = IN_DELETE_SELF | IN_MOVE_SELF | IN_UNMOUNT | IN_IGNORED;

InotifyQueue::Event translate(const inotify_event& raw, const char* name) {
  InotifyQueue::Event event;
  event.watch = raw.wd;
  event.name = raw.len == 0 ? std::string_view() : std::string_view(name); // the kernel pads it with zeros
  event.written = (raw.mask & IN_MODIFY) != 0;
  event.closed = (raw.mask & IN_CLOSE_WRITE) != 0;
  event.replaced = (raw.mask & names) != 0;
  event.gone = (raw.mask & directory_itself) != 0;
  event.overflow = (raw.mask & IN_Q_OVERFLOW) != 0;
  return event;
}

} // namespace

bool InotifyQueue::open() {
  fd_ = OwnedFd(inotify_init1(IN_CLOEXEC | IN_NONBLOCK));
  return is_open();
}

int InotifyQueue::add(const std::filesystem::path& directory, bool content) {
  const uint32_t writing = content ? IN_MODIFY | IN_CLOSE_WRITE | IN_ATTRIB : 0;
  // With IN_MASK_ADD, a directory that is already watched for another file keeps the events of that watch.
  const int watch =
      inotify_add_watch(fd_.get(), directory.c_str(),
                        names | writing | IN_DELETE_SELF | IN_MOVE_SELF | IN_ONLYDIR | IN_MASK_ADD);
  if (watch >= 0) watches_.insert(watch); // if this throws, the kernel keeps the watch until the queue closes
  return watch;
}

void InotifyQueue::keep_only(std::span<const int> used) {
  std::erase_if(watches_, [&](int watch) {
    if (std::ranges::find(used, watch) != used.end()) return false;
    inotify_rm_watch(fd_.get(), watch); // fails if the directory is gone, and then the watch is gone too
    return true;
  });
}

void InotifyQueue::take(const std::function<void(const Event&)>& handle) {
  if (!is_open()) return;
  alignas(inotify_event) std::array<char, 16384> buffer;
  ssize_t size;
  while ((size = read(fd_.get(), buffer.data(), buffer.size())) > 0) {
    for (ssize_t at = 0; at < size;) {
      inotify_event raw;
      std::memcpy(&raw, buffer.data() + at, sizeof raw);
      handle(translate(raw, buffer.data() + at + sizeof raw));
      at += static_cast<ssize_t>(sizeof raw + raw.len);
    }
  }
}

} // namespace skerry::host
