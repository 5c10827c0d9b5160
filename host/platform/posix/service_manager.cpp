// Speaks systemd's protocol, which is stable and needs no library: sd_listen_fds(3), sd_notify(3).
#include "host/platform/service_manager.hpp"

#include "host/platform/sockets.hpp"

#include <fcntl.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

#include <algorithm>
#include <charconv>
#include <cstdint>
#include <cstdlib>
#include <cstring>

namespace skerry::platform {

namespace {

constexpr int first_passed_fd = 3;

int number(const char* text) {
  int value = -1;
  if (text != nullptr) std::from_chars(text, text + std::strlen(text), value);
  return value;
}

/// Removes the first name from a list such as "http:admin", and returns it.
std::string take_name(std::string_view& names) {
  const size_t end = std::min(names.find(':'), names.size());
  std::string name(names.substr(0, end));
  names.remove_prefix(std::min(end + 1, names.size()));
  return name;
}

} // namespace

std::vector<PassedSocket> take_passed_sockets() {
  std::vector<PassedSocket> sockets;
  const int count = number(std::getenv("LISTEN_PID")) == ::getpid() ? number(std::getenv("LISTEN_FDS")) : 0;
  const char* given = std::getenv("LISTEN_FDNAMES");
  std::string_view names = given == nullptr ? "" : given;
  for (int fd = first_passed_fd; fd < first_passed_fd + count; ++fd) {
    if (::fcntl(fd, F_SETFD, FD_CLOEXEC) != 0) break;
    ::fcntl(fd, F_SETFL, ::fcntl(fd, F_GETFL) | O_NONBLOCK);
    sockets.push_back({OwnedFd(fd), take_name(names)});
  }
  for (const char* variable : {"LISTEN_PID", "LISTEN_FDS", "LISTEN_FDNAMES"}) ::unsetenv(variable);
  return sockets;
}

void notify_service_manager(std::string_view state) noexcept {
  const char* path = std::getenv("NOTIFY_SOCKET");
  sockaddr_un address{};
  if (path == nullptr || std::strlen(path) >= sizeof address.sun_path) return;
  address.sun_family = AF_UNIX;
  const size_t size = std::strlen(path);
  std::memcpy(address.sun_path, path, size);
  if (address.sun_path[0] == '@') address.sun_path[0] = '\0'; // a name in Linux's abstract namespace
  const OwnedFd socket = make_nonblocking_socket(AF_UNIX, SOCK_DGRAM, 0);
  const auto length = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + size);
  (void)::sendto(socket.get(), state.data(), state.size(), 0, reinterpret_cast<const sockaddr*>(&address),
                 length);
}

std::string reloading_state() {
  timespec now{};
  ::clock_gettime(CLOCK_MONOTONIC, &now);
  const uint64_t microseconds =
      static_cast<uint64_t>(now.tv_sec) * 1'000'000 + static_cast<uint64_t>(now.tv_nsec) / 1000;
  return "RELOADING=1\nMONOTONIC_USEC=" + std::to_string(microseconds);
}

} // namespace skerry::platform
