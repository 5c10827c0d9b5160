// Calls of plugins that wait without a thread. Internal.
#pragma once

#include "host/server/lane.hpp"
#include "host/support/mutex.hpp"
#include "skerry/host/manager.hpp"

#include <chrono>
#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <string_view>

namespace skerry::host::server {

/// Calls plugins on the threads of a lane. The calls of a plugin take at most as many threads as the plugin
/// has instances. Its other calls wait in the queue, in their order, so that a slow plugin leaves threads to
/// other plugins. The limits and errors are those of Plugin::call: a call that has waited for pool.maxWait
/// fails, and pool.maxWaiting calls may wait. Thread-safe.
class CallQueue {
public:
  using Clock = std::chrono::steady_clock;
  /// Receives the result on a thread of the lane.
  using Done = std::function<void(Expected<std::string> result)>;

  /// `manager` holds the plugins that are called, and must outlive the object.
  CallQueue(const Manager& manager, uint32_t threads) : manager_(manager), lane_(threads) {}

  /// Calls the plugin with `input`, which the caller keeps valid until `done` has been called.
  void call(PluginHandle plugin, std::string_view input, Done done);
  /// Ends the calls that have waited too long or whose plugin was unloaded. Must be called now and then;
  /// calls fail that much later.
  void end_late_calls();

private:
  struct Call {
    PluginHandle plugin;
    std::string_view input;
    Done done;
    Clock::time_point start;
  };
  struct Queue {
    uint32_t running = 0;
    std::deque<Call> waiting;
  };

  void run(const Call& call, bool may_wait);
  void run_from(Call call);
  bool take_next(Call& next);
  bool must_end(const Call& call, Clock::time_point now) const;

  const Manager& manager_;
  Mutex mutex_;
  std::map<const Plugin*, Queue> queues_ SKERRY_GUARDED_BY(mutex_); // of plugins with running calls
  Lane lane_; // the last member, so that its threads end first
};

} // namespace skerry::host::server
