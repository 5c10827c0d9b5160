// Finds the addresses of a name with c-ares, which leaves the waiting to us: a lookup ends with the patience
// of the call, and needs no thread.
#include "host/net/resolver.hpp"

#include "host/platform/addresses.hpp"
#include "host/platform/sockets.hpp"

#include <ares.h>

#include <algorithm>
#include <array>
#include <memory>
#include <new>
#include <span>
#include <type_traits>
#include <utility>

namespace skerry::host {

namespace {

using std::chrono::milliseconds;

/// The longest time between two calls of c-ares, which repeats questions only when it is called.
constexpr auto longest_slice = milliseconds(10);
/// Ends lookups of calls that have a late deadline, or none.
constexpr auto longest_lookup = std::chrono::seconds(30);

using ChannelData = std::remove_pointer_t<ares_channel>;
struct ChannelDeleter {
  void operator()(ChannelData* channel) const { ares_destroy(channel); }
};
using Channel = std::unique_ptr<ChannelData, ChannelDeleter>;
struct AddressesDeleter {
  void operator()(ares_addrinfo* list) const { ares_freeaddrinfo(list); }
};
using Addresses = std::unique_ptr<ares_addrinfo, AddressesDeleter>;

/// Initializes c-ares once, before any thread uses it.
bool start_ares() {
  static const bool started = ares_library_init(ARES_LIB_INIT_ALL) == ARES_SUCCESS;
  return started;
}

/// The sockets of a channel, each with the operations that c-ares waits for. A channel has at most one UDP
/// and one TCP socket for each name server. Where more servers are configured than fit, the further ones seem
/// silent.
class Sockets {
public:
  /// c-ares calls this function whenever a socket is made, changed or closed.
  static void note(void* self, ares_socket_t socket, int read, int write) {
    static_cast<Sockets*>(self)->set({socket, read != 0, write != 0});
  }
  /// Waits at most for `time`, then lets `channel` work: on the sockets that are ready, and on questions
  /// whose time is over.
  void wait(ChannelData* channel, Patience::Clock::duration time) {
    auto ready = all_; // a copy, because the work changes the sockets
    const std::span used(ready.data(), count_);
    platform::wait_for_sockets(used, time);
    for (const auto& [socket, read, write] : used)
      if (read || write)
        ares_process_fd(channel, read ? socket : ARES_SOCKET_BAD, write ? socket : ARES_SOCKET_BAD);
    ares_process_fd(channel, ARES_SOCKET_BAD, ARES_SOCKET_BAD);
  }

private:
  void set(platform::WatchedSocket changed) noexcept {
    const auto end = all_.begin() + count_;
    const auto place =
        std::find_if(all_.begin(), end, [&](const auto& one) { return one.socket == changed.socket; });
    if (!changed.read && !changed.write) {
      if (place != end) *place = all_[--count_];
    } else if (place != all_.end()) {
      if (place == end) ++count_;
      *place = changed;
    }
  }

  std::array<platform::WatchedSocket, 32> all_;
  size_t count_ = 0;
};

/// The result of a lookup by c-ares.
struct Answer {
  bool has_arrived = false;
  int status = ARES_ECANCELLED;
  Addresses list;

  /// c-ares calls this function once for each lookup.
  static void receive(void* self, int status, int, ares_addrinfo* found) {
    auto& answer = *static_cast<Answer*>(self);
    answer.has_arrived = true;
    answer.status = status;
    answer.list.reset(found);
  }
};

/// Decides how long a lookup waits.
class Limit {
public:
  explicit Limit(Patience& patience) : patience_(patience) {}
  bool is_over() { return patience_.is_over() || Patience::Clock::now() >= give_up_; }
  Patience::Clock::duration longest_wait() const {
    return std::min<Patience::Clock::duration>(patience_.longest_wait(), longest_slice);
  }

private:
  Patience& patience_;
  const Patience::Clock::time_point give_up_ = Patience::Clock::now() + longest_lookup;
};

/// How long the first question to a name server waits for its answer. A sixth of what is left, so that a call
/// reaches the third of three servers if two are silent. c-ares doubles the time when all servers were asked.
milliseconds first_wait(const Patience& patience) {
  const auto sixth = std::chrono::floor<milliseconds>(patience.time_left() / 6);
  return std::clamp<milliseconds>(sixth, milliseconds(50), milliseconds(2000));
}

void check_memory(int status) {
  if (status == ARES_ENOMEM) throw std::bad_alloc();
}

Channel open_channel(Sockets& sockets, milliseconds wait, const NameServers& servers) {
  ares_options options{};
  options.timeout = static_cast<int>(wait.count());
  options.sock_state_cb = &Sockets::note;
  options.sock_state_cb_data = &sockets;
  ares_channel made = nullptr;
  const int status = ares_init_options(&made, &options, ARES_OPT_TIMEOUTMS | ARES_OPT_SOCK_STATE_CB);
  check_memory(status);
  if (status != ARES_SUCCESS) return nullptr;
  Channel channel(made);
  const bool known =
      servers.list.empty() || ares_set_servers_ports_csv(made, servers.list.c_str()) == ARES_SUCCESS;
  return known ? std::move(channel) : nullptr;
}

/// Looks `name` up once, in which c-ares repeats questions. The status is ARES_EDESTRUCTION if `limit` ended
/// the lookup.
Answer ask(const std::string& name, milliseconds wait, Limit& limit, const NameServers& servers) {
  Answer answer;
  Sockets sockets; // both outlive the channel, which uses them until it is destroyed
  if (const Channel channel = open_channel(sockets, wait, servers)) {
    const ares_addrinfo_hints hints{};
    ares_getaddrinfo(channel.get(), name.c_str(), nullptr, &hints, &Answer::receive, &answer);
    while (!answer.has_arrived && !limit.is_over()) sockets.wait(channel.get(), limit.longest_wait());
  }
  return answer;
}

std::vector<std::string> texts_of(const ares_addrinfo& list) {
  std::vector<std::string> texts;
  for (const auto* node = list.nodes; node != nullptr && texts.size() < most_addresses; node = node->ai_next)
    if (std::string text = platform::address_text(node->ai_addr); !text.empty())
      texts.push_back(std::move(text));
  return texts;
}

} // namespace

std::vector<std::string> addresses_of(const std::string& name, Patience& patience,
                                      const NameServers& servers) {
  if (!start_ares()) return {};
  Limit limit(patience);
  milliseconds wait = first_wait(patience);
  Answer answer = ask(name, wait, limit, servers);
  // c-ares does not repeat a question over TCP, so such a question gets more time in a further lookup.
  while (answer.status == ARES_ETIMEOUT && !limit.is_over()) answer = ask(name, wait *= 2, limit, servers);
  check_memory(answer.status);
  return answer.list ? texts_of(*answer.list) : std::vector<std::string>();
}

} // namespace skerry::host
