// poll_oneoff: waits for points in time and for descriptors.
#include "wasi/clocks.hpp"
#include "wasi/functions.hpp"
#include "wasi/platform/file_io.hpp"
#include "wasi/wait.hpp"

#include <algorithm>
#include <limits>
#include <optional>
#include <vector>

namespace skerry::wasi::abi {

namespace {

using std::chrono::nanoseconds;

constexpr size_t event_bytes = 32;
constexpr uint16_t flag_abstime = 1;
constexpr uint16_t flag_hangup = 1;

struct Subscription {
  uint64_t userdata = 0;
  uint8_t type = 0;
  uint32_t fd = 0;
  uint32_t clock = 0;
  uint64_t timeout = 0;
  uint16_t flags = 0;
};

struct Event {
  Errno error = Errno::success;
  uint64_t bytes = 0;
  uint16_t flags = 0;
};

// One subscription, and its event once its condition is met.
struct Wait {
  Subscription subscription;
  uint64_t left = 0;  // clocks: nanoseconds from the start of the call until the event
  size_t poll_at = 0; // index in files_, if is_polled
  bool is_polled = false;
  std::optional<Event> event;
};

size_t subscription_bytes(Snapshot snapshot) { return snapshot == Snapshot::preview1 ? 48 : 56; }

// The unstable snapshot has an additional 64-bit identifier before the clock's id.
Subscription read_subscription(std::span<const std::byte> from, Snapshot snapshot) {
  const size_t clock = snapshot == Snapshot::preview1 ? 16 : 24;
  Subscription made;
  made.userdata = take<uint64_t>(from, 0);
  made.type = take<uint8_t>(from, 8);
  made.fd = take<uint32_t>(from, 16);
  made.clock = take<uint32_t>(from, clock);
  made.timeout = take<uint64_t>(from, clock + 8);
  made.flags = take<uint16_t>(from, clock + 24);
  return made;
}

void write_event(std::span<std::byte> to, const Wait& wait) {
  std::fill(to.begin(), to.end(), std::byte{0});
  put(to, 0, wait.subscription.userdata);
  put(to, 8, static_cast<uint16_t>(wait.event->error));
  put(to, 10, wait.subscription.type);
  put(to, 16, wait.event->bytes);
  put(to, 24, wait.event->flags);
}

// Returns how many bytes can be read from a descriptor that is ready for reading.
uint64_t readable_bytes(const Descriptor& file) {
  if (const auto* source = std::get_if<ByteSource>(&file.resource)) return source->data->size() - source->at;
  const int fd = file.host_fd();
  if (file.is_stream) return fd >= 0 ? platform::readable_bytes(fd) : 0;
  const auto at = platform::seek(fd, 0, platform::Whence::current);
  const auto status = platform::status(fd);
  return at && status && status->size > *at ? status->size - *at : 0;
}

class Poll {
public:
  Poll(Call& call, size_t subscriptions) : call_(call) { waits_.reserve(subscriptions); }

  void add(const Subscription& subscription) {
    Wait wait;
    wait.subscription = subscription;
    switch (subscription.type) {
    case eventtype::clock: add_clock(wait); break;
    case eventtype::fd_read: add_fd(wait, rights::fd_read, Direction::read); break;
    case eventtype::fd_write: add_fd(wait, rights::fd_write, Direction::write); break;
    default: wait.event = Event{Errno::inval};
    }
    has_event_ |= wait.event.has_value();
    waits_.push_back(wait);
  }

  // Waits until at least one condition is met, and makes the events of all conditions that are met. Errors:
  // intr with call.meter.stop set, or those of the system.
  Errno run() {
    const auto ready = wait();
    if (!ready) return ready.error();
    for (Wait& one : waits_) {
      if (call_.meter.pass(price::item)) return Errno::intr;
      if (one.is_polled) finish_fd(one);
    }
    return Errno::success;
  }

  const std::vector<Wait>& waits() const { return waits_; }

private:
  void add_clock(Wait& wait) {
    const auto& subscription = wait.subscription;
    const bool is_timer = subscription.clock == clockid::realtime || subscription.clock == clockid::monotonic;
    if (!is_timer || (subscription.flags & ~flag_abstime) != 0) {
      wait.event = Event{Errno::inval};
      return;
    }
    wait.left = subscription.timeout;
    if ((subscription.flags & flag_abstime) != 0) {
      const auto now = clock_time(call_, subscription.clock);
      wait.left = subscription.timeout - std::min(subscription.timeout, now.value_or(0));
    }
    nearest_ = std::min(nearest_.value_or(wait.left), wait.left);
  }

  void add_fd(Wait& wait, Rights needed, Direction direction) {
    const auto file = call_.fds().get(wait.subscription.fd, needed | rights::poll_fd_readwrite);
    if (!file) {
      wait.event = Event{file.error()};
    } else if (!(*file)->is_stream || (*file)->host_fd() < 0) {
      wait.event =
          Event{Errno::success, direction == Direction::read ? readable_bytes(**file) : 0}; // always ready
    } else {
      wait.is_polled = true;
      wait.poll_at = files_.size();
      files_.push_back({.fd = (*file)->host_fd(), .direction = direction});
    }
  }

  // Waits until a descriptor is ready or the earliest clock subscription is due. Then makes the events of all
  // clock subscriptions that are due.
  Expected<size_t> wait() {
    const auto start = Watch::Clock::now();
    const bool is_virtual = nearest_ && is_time_virtual(call_);
    const auto ready = wait_any(call_, files_, is_virtual || has_event_ ? nanoseconds(0) : timeout());
    if (!ready) return ready;
    const auto elapsed = std::chrono::duration_cast<nanoseconds>(Watch::Clock::now() - start);
    uint64_t passed = static_cast<uint64_t>(elapsed.count());
    if (is_virtual) {
      passed = *ready > 0 || has_event_ ? 0 : *nearest_;
      if (passed > 0) skip_time(call_, passed);
    }
    finish_clocks(passed);
    return ready;
  }

  nanoseconds timeout() const {
    constexpr uint64_t longest = std::numeric_limits<int64_t>::max();
    return nanoseconds(static_cast<int64_t>(std::min(nearest_.value_or(longest), longest)));
  }

  void finish_clocks(uint64_t passed) {
    for (Wait& one : waits_) {
      if (one.subscription.type == eventtype::clock && !one.event && one.left <= passed) one.event = Event{};
    }
  }

  void finish_fd(Wait& wait) {
    const Waiting& found = files_[wait.poll_at];
    if (!found.ready) return;
    const auto file = call_.fds().get(wait.subscription.fd);
    Event event;
    if (found.invalid)
      event.error = Errno::badf;
    else if (wait.subscription.type == eventtype::fd_read)
      event.bytes = readable_bytes(**file);
    if (found.hung_up) event.flags = flag_hangup;
    wait.event = event;
  }

  Call& call_;
  std::vector<Wait> waits_;
  std::vector<Waiting> files_;
  std::optional<uint64_t> nearest_;
  bool has_event_ = false;
};

} // namespace

Errno poll_oneoff(Call& call, i32 in, i32 out, i32 nsubscriptions, i32 nevents) {
  if (nsubscriptions == 0 || nsubscriptions > call.limits().poll_subscriptions) return Errno::inval;
  const size_t length = subscription_bytes(call.snapshot);
  const auto from = call.memory.bytes(in, uint64_t{nsubscriptions} * length);
  const auto to = call.memory.bytes(out, uint64_t{nsubscriptions} * event_bytes);
  if (!from || !to) return Errno::fault;
  Poll poll(call, nsubscriptions);
  for (size_t i = 0; i < nsubscriptions; ++i) {
    if (call.meter.spend(price::item)) return Errno::intr;
    poll.add(read_subscription(from->subspan(i * length, length), call.snapshot));
  }
  if (const Errno error = poll.run(); error != Errno::success) return error;
  uint32_t count = 0;
  for (const auto& wait : poll.waits()) {
    if (wait.event) write_event(to->subspan(count++ * event_bytes, event_bytes), wait);
  }
  return call.memory.store(nevents, count);
}

} // namespace skerry::wasi::abi
