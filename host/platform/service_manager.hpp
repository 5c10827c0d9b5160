// The protocol between a service and the service manager that started it. Internal.
#pragma once

#include "vm/platform/owned_fd.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace skerry::platform {

/// A listening socket that the service manager opened for this process.
struct PassedSocket {
  OwnedFd socket; ///< calls on it never wait
  std::string name;
};
/// Returns the sockets of sd_listen_fds_with_names(3), and removes them from the environment, so that a
/// second call returns none. Not thread-safe.
std::vector<PassedSocket> take_passed_sockets();

/// Tells the service manager a new state, such as "READY=1", as sd_notify(3) does. Does nothing if no service
/// manager wants to know. Thread-safe, unless the environment is changed meanwhile.
void notify_service_manager(std::string_view state) noexcept;
/// Returns "RELOADING=1" with the time that the service manager expects beside it.
std::string reloading_state();

} // namespace skerry::platform
