// Measures how reloads affect callers: latency of calls with and without reloads beside them, in one run.
// Exits with 1 if a call failed, or if the longest call with reloads took more than three times as long as
// the longest one without them.
//
// usage: skerry_reload_measure MANIFEST [ROUNDS [MILLISECONDS BETWEEN RELOADS]]
#include "skerry/host/manager.hpp"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <thread>
#include <vector>

namespace {

using namespace skerry::host;
using Clock = std::chrono::steady_clock;
using Times = std::vector<uint32_t>; // nanoseconds

constexpr int threads = 2;
constexpr auto slice = std::chrono::milliseconds(500);
constexpr double most_times_longer = 3;
constexpr const char* request =
    R"({"request_id":"1","headers":{},"parameters":{"greeting":"hello","list":[1,"two",{"three":null}]}})";

/// Both threads call during one slice; their times are added to `times`. Returns how many calls failed.
int call_for_a_slice(Plugin& plugin, Times& times) {
  std::vector<Times> own(threads);
  std::atomic<int> failed = 0;
  std::vector<std::thread> callers;
  for (Times& mine : own)
    callers.emplace_back([&] {
      mine.reserve(1 << 20);
      for (const auto end = Clock::now() + slice; Clock::now() < end;) {
        const auto start = Clock::now();
        failed += !plugin.call(request);
        mine.push_back(static_cast<uint32_t>((Clock::now() - start).count()));
      }
    });
  for (std::thread& caller : callers) caller.join();
  for (const Times& mine : own) times.insert(times.end(), mine.begin(), mine.end());
  return failed;
}

double percentile_us(Times& times, double part) {
  const auto at = times.begin() + static_cast<ptrdiff_t>(static_cast<double>(times.size() - 1) * part);
  std::nth_element(times.begin(), at, times.end());
  return *at / 1000.0;
}

struct Reloads {
  int done = 0, failed = 0;
};

void reload_until(const std::atomic<bool>& stop, Manager& manager, const std::string& name,
                  std::chrono::milliseconds pause, Reloads& reloads) {
  while (!stop) {
    const bool swapped = manager.reload(name, {.force = true}).has_value();
    (swapped ? reloads.done : reloads.failed) += 1;
    std::this_thread::sleep_for(pause);
  }
}

} // namespace

int main(int argc, char** argv) {
  if (argc < 2) return std::fputs("usage: skerry_reload_measure MANIFEST [ROUNDS [PAUSE_MS]]\n", stderr), 2;
  const int rounds = argc > 2 ? std::atoi(argv[2]) : 20;
  const std::chrono::milliseconds pause(argc > 3 ? std::atoi(argv[3]) : 100);
  Manager manager;
  auto manifest = read_manifest(argv[1]);
  if (!manifest) return std::fputs(describe(manifest.error()).c_str(), stderr), 1;
  manifest->pool.size = threads;
  manifest->reload.canary = request; // also translates the code that a request runs
  auto plugin = manager.load(*manifest);
  if (!plugin) return std::fputs(describe(plugin.error()).c_str(), stderr), 1;
  Times without, with;
  Reloads reloads;
  int failed = 0;
  for (int round = 0; round < rounds; ++round) {
    failed += call_for_a_slice(**plugin, without);
    std::atomic<bool> stop = false;
    std::thread reloader([&] { reload_until(stop, manager, (*plugin)->name(), pause, reloads); });
    failed += call_for_a_slice(**plugin, with);
    stop = true;
    reloader.join();
  }
  std::printf("%zu calls without and %zu with %d reloads (%d failed); %d calls failed\n", without.size(),
              with.size(), reloads.done, reloads.failed, failed);
  double longest_ratio = 0; // the last row is the longest call
  for (const double part : {0.5, 0.99, 0.999, 0.9999, 1.0}) {
    const double before = percentile_us(without, part), during = percentile_us(with, part);
    longest_ratio = during / before;
    std::printf("p%-6g %9.1f us without, %9.1f us with: %.2f times\n", part * 100, before, during,
                longest_ratio);
  }
  return failed == 0 && longest_ratio <= most_times_longer ? 0 : 1;
}
