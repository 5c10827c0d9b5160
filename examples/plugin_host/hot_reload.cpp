#include "hot_reload.hpp"

#include "skerry/host/manager.hpp"

#include <stdlib.h>

#include <array>
#include <atomic>
#include <chrono>
#include <fstream>
#include <iostream>
#include <thread>
#include <vector>

namespace {

using namespace skerry::host;
namespace fs = std::filesystem;

constexpr std::string_view manifest = R"({
  "meta": {"name": "greeting", "version": "1.0.0"},
  "wasmPath": "greeting.wasm",
  "timeout": 10000,
  "pool": {"size": 2, "maxWait": 10000},
  "reload": {"watch": true, "settle": 20, "canary": {"parameters": {}}}
})";

/// Results of the calling threads.
struct Counts {
  std::array<std::atomic<int>, 2> answered{}; // by version
  std::atomic<int> failed = 0;
};

void call_until(const std::atomic<bool>& stop, Plugin& plugin, Counts& counts) {
  while (!stop) {
    auto answer = plugin.call("{}");
    if (answer && *answer == "hello from version 1")
      ++counts.answered[0];
    else if (answer && *answer == "hello from version 2")
      ++counts.answered[1];
    else
      ++counts.failed;
  }
}

/// Installs as a package manager does: writes a new file, then renames it into place.
void install(const fs::path& source, const fs::path& target) {
  const fs::path beside = target.string() + ".new";
  fs::copy_file(source, beside, fs::copy_options::overwrite_existing);
  fs::rename(beside, target);
}

bool wait_for(const std::atomic<int>& count, int wanted) {
  for (int i = 0; i < 10'000 && count < wanted; ++i)
    std::this_thread::sleep_for(std::chrono::milliseconds(2));
  return count >= wanted;
}

std::string swap_under_load(const fs::path& folder, const fs::path& work) {
  std::atomic<int> swaps = 0, refused = 0;
  ManagerOptions options;
  options.on_reload = [&](const ReloadEvent& event) {
    swaps += event.step == ReloadStep::swap && event.outcome == ReloadOutcome::done;
    refused += event.outcome == ReloadOutcome::failed;
  };
  Manager manager(options);
  install(folder / "greeting-1.wasm", work / "greeting.wasm");
  std::ofstream(work / "greeting.json") << manifest;
  auto plugin = manager.load(work / "greeting.json");
  if (!plugin) return describe(plugin.error());

  std::atomic<bool> stop = false;
  Counts counts;
  std::vector<std::thread> callers;
  for (int i = 0; i < 2; ++i) callers.emplace_back([&] { call_until(stop, **plugin, counts); });
  constexpr int rounds = 10;
  bool all_seen = true;
  for (int i = 1; i <= rounds; ++i) {
    install(folder / (i % 2 == 1 ? "greeting-2.wasm" : "greeting-1.wasm"), work / "greeting.wasm");
    all_seen &= wait_for(swaps, i);
  }
  std::ofstream(work / "greeting.wasm") << "no module"; // must not be put into service
  all_seen &= wait_for(refused, 1);
  stop = true;
  for (std::thread& caller : callers) caller.join();
  std::cout << "reloaded " << swaps << " times under load, and refused " << refused
            << " broken file: " << counts.answered[0] << " requests answered by version 1, "
            << counts.answered[1] << " by version 2, failed requests: " << counts.failed << "\n";
  manager.close();
  if (!all_seen) return "a new version was not noticed";
  return counts.failed == 0 ? "" : "a reload failed requests";
}

} // namespace

std::string show_hot_reload(const fs::path& folder) {
  std::string work = (fs::temp_directory_path() / "skerry-demo-XXXXXX").string();
  if (mkdtemp(work.data()) == nullptr) return "no folder for temporary files";
  const std::string problem = swap_under_load(folder, work);
  fs::remove_all(work);
  return problem;
}
