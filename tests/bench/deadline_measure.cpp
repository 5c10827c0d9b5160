// Measures how late calls end after their deadline or an interrupt: runs each guest of the matrix of limits
// many times.
#include "skerry/wasi/wasi.hpp"
#include "skerry/wat.hpp"
#include "tests/limits/blocking_pipes.hpp"
#include "tests/limits/guests.hpp"

#include "skerry/linker.hpp"

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <optional>
#include <string>
#include <thread>
#include <vector>

using namespace skerry;
using namespace skerry::test::limits;
using Clock = Store::Clock;
using std::chrono::milliseconds;

namespace {

[[noreturn]] void give_up(const std::string& why) {
  std::fprintf(stderr, "deadline_measure: %s\n", why.c_str());
  std::exit(1);
}
template <class T> T must(Result<T> result) {
  if (!result) give_up(result.error().describe());
  return std::move(*result);
}

enum class Ending : uint8_t { deadline, interrupt };

struct Sample {
  double late_ms = 0;
  bool is_early = false; // the guest ended by itself
};

/// Makes a new engine, module and store for each run, so that one-time work such as translation is measured
/// too.
Sample run_once(const Guest& guest, const std::vector<std::byte>& bytes, Ending ending,
                milliseconds allowed) {
  const BlockingPipes pipes;
  const Engine engine;
  const Module module = must(Module::compile(engine, bytes));
  Linker linker(engine);
  linker.define("env", "host", [] {});
  std::optional<wasi::Context> context;
  if (guest.around == Around::wasi) {
    wasi::Config config;
    config.stdin_stream = wasi::BorrowedFd{pipes.input()};
    config.stdout_stream = wasi::BorrowedFd{pipes.output()};
    context.emplace(must(wasi::Context::create(std::move(config))));
    wasi::add_to_linker(linker, *context);
  }
  Store store(engine, {.stack_bytes = uint64_t{64} << 20});
  InterruptHandle handle = store.interrupt_handle();
  const Clock::time_point end = Clock::now() + allowed;
  std::thread interrupter;
  if (ending == Ending::deadline)
    store.set_deadline(end);
  else
    interrupter = std::thread([=]() mutable {
      std::this_thread::sleep_until(end);
      handle.interrupt();
    });
  bool has_stopped = false;
  const auto note = [&](const Error& error) {
    has_stopped = error.code() == ErrorCode::deadline_exceeded || error.code() == ErrorCode::interrupted;
  };
  auto instance = linker.instantiate(store, module);
  if (!instance) {
    note(instance.error());
  } else {
    const Result<void> result = must(instance->func<void()>("run"))();
    if (!result) note(result.error());
  }
  const Clock::time_point ended = Clock::now();
  if (interrupter.joinable()) interrupter.join();
  return {std::chrono::duration<double, std::milli>(ended - end).count(), !has_stopped};
}

void report(const char* name, std::vector<double> late, size_t early) {
  if (late.empty()) {
    std::printf("%-46s ended by itself %zu times\n", name, early);
    return;
  }
  std::sort(late.begin(), late.end());
  const auto at = [&](double part) {
    return late[std::min(late.size() - 1, static_cast<size_t>(part * static_cast<double>(late.size())))];
  };
  std::printf("%-46s %8.2f %8.2f %8.2f\n", name, at(0.5), at(0.99), late.back());
}

} // namespace

int main(int argc, char** argv) {
  const int runs = argc > 1 ? std::atoi(argv[1]) : 30;
  if (runs <= 0) give_up("usage: skerry_deadline_measure [RUNS]");
  std::printf("%-46s %8s %8s %8s\n", "ms late", "50th", "99th", "maximum");
  std::vector<double> all;
  for (const Ending ending : {Ending::deadline, Ending::interrupt}) {
    for (const Guest& guest : all_guests) {
      if (guest.around == Around::plugin) continue; // ./dev bench --host measures those
      const std::vector<std::byte> bytes = must(wat::to_binary(guest.text()));
      std::vector<double> late;
      size_t early = 0;
      for (int i = 0; i < runs; ++i) {
        // The deadline falls on different moments of the guest's work.
        const Sample sample = run_once(guest, bytes, ending, milliseconds(2 + i % 10 * 3));
        if (sample.is_early)
          ++early;
        else
          late.push_back(sample.late_ms);
      }
      all.insert(all.end(), late.begin(), late.end());
      const std::string name =
          std::string(ending == Ending::deadline ? "deadline: " : "interrupt: ") + std::string(guest.name);
      report(name.c_str(), std::move(late), early);
    }
  }
  report("all", std::move(all), 0);
}
