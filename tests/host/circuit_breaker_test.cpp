#include "host/pool/circuit_breaker.hpp"

#include "tests/catch.hpp"

#include <atomic>
#include <thread>
#include <vector>

using namespace skerry::host;
using Breaker = CircuitBreaker;
using std::chrono::milliseconds;

namespace {

constexpr BreakerConfig three_failures{3, milliseconds(100)};
const Breaker::Clock::time_point start{};

/// Makes one call with this outcome at this time after the start; returns true if the breaker let it in.
bool call(Breaker& breaker, Breaker::Outcome outcome, int ms = 0) {
  const auto now = start + milliseconds(ms);
  const auto admission = breaker.admit(now);
  if (admission == Breaker::Admission::refused) return false;
  breaker.record(admission, outcome, now);
  return true;
}

constexpr auto good = Breaker::Outcome::success, bad = Breaker::Outcome::failure,
               none = Breaker::Outcome::none;

} // namespace

TEST_CASE("a breaker opens after the configured number of failures in a row, not before") {
  Breaker breaker(three_failures);
  CHECK(call(breaker, bad));
  CHECK(call(breaker, bad));
  CHECK(call(breaker, good)); // starts again
  CHECK(call(breaker, bad));
  CHECK(call(breaker, bad));
  CHECK(breaker.state() == Breaker::State::closed);
  CHECK(call(breaker, bad));
  CHECK(breaker.state() == Breaker::State::open);
  CHECK_FALSE(call(breaker, good));
  CHECK_FALSE(call(breaker, good, 99));
}

TEST_CASE("after its time an open breaker lets one probe in, and only one") {
  Breaker breaker(three_failures);
  for (int i = 0; i < 3; ++i) call(breaker, bad);
  const auto later = start + milliseconds(100);
  CHECK(breaker.admit(later) == Breaker::Admission::probe);
  for (int i = 0; i < 10; ++i) CHECK(breaker.admit(later) == Breaker::Admission::refused);
  SECTION("its success closes the breaker") {
    breaker.record(Breaker::Admission::probe, good, later);
    CHECK(breaker.state() == Breaker::State::closed);
    CHECK(call(breaker, bad, 100));
    CHECK(call(breaker, bad, 100)); // failures are counted from 0 again
    CHECK(breaker.state() == Breaker::State::closed);
  }
  SECTION("its failure opens it for as long again") {
    breaker.record(Breaker::Admission::probe, bad, later);
    CHECK_FALSE(call(breaker, good, 199));
    CHECK(call(breaker, good, 200));
  }
  SECTION("a probe that did not reach the plugin frees its place") {
    breaker.record(Breaker::Admission::probe, none, later);
    CHECK(breaker.admit(later) == Breaker::Admission::probe);
  }
}

TEST_CASE("calls that end after the breaker opened do not change it") {
  Breaker breaker(three_failures);
  const auto slow = breaker.admit(start);
  for (int i = 0; i < 3; ++i) call(breaker, bad);
  breaker.record(slow, good, start + milliseconds(50));
  CHECK(breaker.state() == Breaker::State::open);
}

TEST_CASE("calls that do not reach the plugin do not count as failures") {
  Breaker breaker(three_failures);
  for (int i = 0; i < 10; ++i) CHECK(call(breaker, none));
}

TEST_CASE("without a configuration there is no breaker") {
  Breaker breaker(std::nullopt);
  for (int i = 0; i < 1000; ++i) CHECK(call(breaker, bad));
}

TEST_CASE("exactly one of many concurrent threads is the probe") {
  for (int round = 0; round < 20; ++round) {
    Breaker breaker(three_failures);
    for (int i = 0; i < 3; ++i) call(breaker, bad);
    std::atomic<int> probes = 0;
    std::vector<std::thread> threads;
    for (int t = 0; t < 4; ++t)
      threads.emplace_back([&] {
        for (int i = 0; i < 100; ++i)
          probes += breaker.admit(start + milliseconds(100)) != Breaker::Admission::refused;
      });
    for (std::thread& thread : threads) thread.join();
    CHECK(probes == 1);
  }
}
