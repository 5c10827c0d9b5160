// CallState: what is left of the limits of one call of a plugin. Host functions get the CallState from
// Caller::user_data. Internal.
#pragma once

#include "host/guest/guest_output.hpp"
#include "skerry/caller.hpp"
#include "skerry/host/capability.hpp"
#include "skerry/wasi/wasi.hpp"

#include <cstdint>
#include <string>
#include <string_view>

namespace skerry::host {

struct CallState {
  wasi::Context* context = nullptr;
  uint64_t print_bytes_left = 0;
  uint64_t host_calls_left = 0;
  uint32_t log_lines_left = 0;
  uint64_t log_bytes_left = 0;
  uint64_t lines_dropped = 0; ///< log lines beyond the limits of this call
  bool too_many_host_calls = false;
  GuestLines printed[2]; ///< unfinished lines of standard output and standard error
  std::string response;  ///< the JSON response to the last http_request of this call

  void start(const Capabilities& limits) {
    print_bytes_left = limits.max_output_bytes();
    host_calls_left = limits.max_host_calls;
    log_lines_left = limits.max_log_lines;
    log_bytes_left = limits.max_log_bytes();
    lines_dropped = 0;
    too_many_host_calls = false;
    response.clear();
  }
  /// Counts a call of a host function. Returns false if no calls are left; the guest's call must then end.
  bool count_host_call() {
    too_many_host_calls = host_calls_left == 0;
    if (too_many_host_calls) return false;
    --host_calls_left;
    return true;
  }

  static CallState* of(const Caller& caller) { return static_cast<CallState*>(caller.user_data()); }
};

} // namespace skerry::host
