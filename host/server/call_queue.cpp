#include "host/server/call_queue.hpp"

#include <utility>
#include <vector>

namespace skerry::host::server {

void CallQueue::call(PluginHandle plugin, std::string_view input, Done done) {
  const PoolConfig pool = plugin->pool();
  const std::string& name = plugin->name();
  Call made{std::move(plugin), input, std::move(done), Clock::now()};
  Lock lock(mutex_);
  Queue& queue = queues_[name];
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
  for (Call& next : ready) lane_.run([this, own = std::move(next)] { run_from(own.plugin->name(), own); });
}

void CallQueue::run(const Call& call, bool may_wait) {
  call.done(call.plugin->call(call.input, {.timeout = {}, .start = call.start, .may_wait = may_wait}));
}

/// Runs a call, and then the calls of the same plugin that wait.
void CallQueue::run_from(const std::string& name, Call call) {
  do run(call, true);
  while (take_next(name, call));
}

bool CallQueue::take_next(const std::string& name, Call& next) {
  const Lock lock(mutex_);
  const auto found = queues_.find(name);
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

void CallQueue::end_late_calls() {
  std::vector<Call> late;
  {
    const auto now = Clock::now();
    const Lock lock(mutex_);
    for (auto& [name, queue] : queues_) {
      while (!queue.waiting.empty() &&
             queue.waiting.front().start + queue.waiting.front().plugin->pool().max_wait <= now) {
        late.push_back(std::move(queue.waiting.front()));
        queue.waiting.pop_front();
      }
    }
  }
  for (Call& call : late) lane_.run([this, own = std::move(call)] { run(own, true); });
}

} // namespace skerry::host::server
