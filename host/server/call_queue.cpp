#include "host/server/call_queue.hpp"

#include <utility>
#include <vector>

namespace skerry::host::server {

void CallQueue::call(PluginHandle plugin, std::string_view input, Done done) {
  const PoolConfig pool = plugin->pool();
  const Plugin* key = plugin.get();
  Call made{std::move(plugin), input, std::move(done), Clock::now()};
  Lock lock(mutex_);
  Queue& queue = queues_[key];
  if (queue.running >= pool.size && queue.waiting.size() >= pool.max_waiting) {
    lock.unlock();
    return lane_.run([this, own = std::move(made)] { run(own, false); });
  }
  queue.waiting.push_back(std::move(made));
  // More than one call can begin if the plugin has more instances than before.
  std::vector<Call> ready;
  for (; queue.running < pool.size && !queue.waiting.empty(); ++queue.running) {
    ready.push_back(std::move(queue.waiting.front()));
    queue.waiting.pop_front();
  }
  lock.unlock();
  for (Call& next : ready) lane_.run([this, own = std::move(next)] { run_from(own); });
}

void CallQueue::run(const Call& call, bool may_wait) {
  call.done(call.plugin->call(call.input, {.timeout = {}, .start = call.start, .may_wait = may_wait}));
}

/// Runs a call, and then the calls of the same plugin that wait.
void CallQueue::run_from(Call call) {
  do run(call, true);
  while (take_next(call));
}

/// Replaces a call that has ended by the next one of its plugin. Returns false if this thread should take
/// none.
bool CallQueue::take_next(Call& next) {
  const Lock lock(mutex_);
  const auto found = queues_.find(next.plugin.get());
  Queue& queue = found->second;
  const bool is_surplus = queue.running > next.plugin->pool().size; // the plugin was reloaded or resized
  if (!queue.waiting.empty() && !is_surplus) {
    next = std::move(queue.waiting.front());
    queue.waiting.pop_front();
    return true;
  }
  if (--queue.running == 0 && queue.waiting.empty()) queues_.erase(found);
  return false;
}

bool CallQueue::must_end(const Call& call, Clock::time_point now) const {
  if (call.start + call.plugin->pool().max_wait <= now) return true;
  const auto loaded = manager_.get(call.plugin->name());
  return !loaded || *loaded != call.plugin;
}

/// A call that must end is run: it then fails at once, with the error that tells why.
void CallQueue::end_late_calls() {
  std::vector<Call> ended;
  {
    const auto now = Clock::now();
    const Lock lock(mutex_);
    for (auto& [plugin, queue] : queues_) {
      while (!queue.waiting.empty() && must_end(queue.waiting.front(), now)) {
        ended.push_back(std::move(queue.waiting.front()));
        queue.waiting.pop_front();
      }
    }
  }
  for (Call& call : ended) lane_.run([this, own = std::move(call)] { run(own, true); });
}

} // namespace skerry::host::server
