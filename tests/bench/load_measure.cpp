// What loading costs: the processor time that compiling a module, or parsing a text, takes for each shape of
// amplification, against what docs/security.md promises.
#include "tests/hostile/amplification.hpp"

#include "skerry/module.hpp"
#include "skerry/wat.hpp"

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <string_view>

using namespace skerry;
using skerry::test::Amplification;

namespace {

double processor_seconds() {
  timespec time{};
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time);
  return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_nsec) * 1e-9;
}

double allowed_seconds(const Amplification& shape, size_t bytes) {
  return 0.2 + (shape.is_text ? 0.020 : 0.005) * (static_cast<double>(bytes) / 1e6);
}

/// The engine and the module go within the time: what loading leaves is part of its cost.
void load(const Amplification& shape, const std::vector<std::byte>& bytes) {
  if (shape.is_text) {
    static_cast<void>(wat::to_binary({reinterpret_cast<const char*>(bytes.data()), bytes.size()}));
    return;
  }
  Config config;
  if (shape.all_features) config.features = Features::all();
  const Engine engine(config);
  static_cast<void>(Module::compile(engine, bytes));
}

/// The least of the runs: the others were disturbed.
double seconds(const Amplification& shape, const std::vector<std::byte>& bytes, int runs) {
  double least = 1e9;
  for (int run = 0; run < runs; ++run) {
    const double start = processor_seconds();
    load(shape, bytes);
    least = std::min(least, processor_seconds() - start);
  }
  return least;
}

} // namespace

int main(int argc, char** argv) {
  const double scale = argc > 1 ? std::atof(argv[1]) : 1;
  const int runs = argc > 2 ? std::atoi(argv[2]) : 3;
  const std::string_view only = argc > 3 ? argv[3] : "";
  double worst = 0;
  std::printf("%8s %9s %9s %6s  shape\n", "MB", "seconds", "promised", "ratio");
  for (const Amplification& shape : test::amplifications()) {
    if (!only.empty() && shape.name.find(only) == std::string::npos) continue;
    const std::vector<std::byte> bytes = shape.make(scale);
    const double took = seconds(shape, bytes, runs);
    const double allowed = allowed_seconds(shape, bytes.size());
    worst = std::max(worst, took / allowed);
    std::printf("%8.2f %9.3f %9.3f %6.2f  %s\n", static_cast<double>(bytes.size()) / 1e6, took, allowed,
                took / allowed, shape.name.c_str());
  }
  std::printf("worst ratio: %.2f\n", worst);
}
