#include "host/support/background.hpp"

#include "host/platform/thread_turns.hpp"
#include "host/support/out_of_memory.hpp"

namespace skerry::host {

bool Background::run(const std::function<void()>& task) {
  Threads ended;
  bool has_thread = false;
  {
    const Lock lock(mutex_);
    if (stopped_) return false;
    ended = take_ended();
    has_thread = unless_out_of_memory(
        [&] {
          mutex_.is_held();
          Threads added(1);
          Thread& own = added.front();
          own.thread = start_thread([this, task, &own] {
            task();
            const Lock done(mutex_);
            own.has_ended = true;
          });
          threads_.splice(threads_.end(), added);
          return true;
        },
        [] { return false; });
  }
  if (!has_thread) task();
  for (Thread& one : ended) one.thread.join();
  return true;
}

Background::Threads Background::take_ended() noexcept {
  Threads taken;
  for (auto thread = threads_.begin(); thread != threads_.end();) {
    auto next = std::next(thread);
    if (thread->has_ended) taken.splice(taken.end(), threads_, thread);
    thread = next;
  }
  return taken;
}

void run_in_short_turns(const std::function<void()>& work) noexcept {
  const bool has_thread = unless_out_of_memory(
      [&] {
        start_thread([&] {
          platform::take_short_turns();
          work();
        }).join();
        return true;
      },
      [] { return false; });
  if (!has_thread) work();
}

void Background::stop() {
  Threads all;
  {
    const Lock lock(mutex_);
    stopped_ = true;
    all.swap(threads_);
  }
  for (Thread& one : all) one.thread.join();
}

} // namespace skerry::host
