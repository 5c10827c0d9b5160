#include "skerry/host/metrics.hpp"

#include "host/metrics/call_metrics.hpp"
#include "host/metrics/latency_histogram.hpp"
#include "host/support/json.hpp"
#include "tests/host/support/plugin_fixture.hpp"

using namespace skerry::host;
using namespace skerry::host::test;
using std::chrono::microseconds;
using std::chrono::nanoseconds;

TEST_CASE("percentiles are at most an eighth too large, and never too small") {
  LatencyHistogram histogram;
  for (int i = 1; i <= 1000; ++i) histogram.add(microseconds(i));
  const LatencySummary summary = histogram.summary();
  CHECK(summary.count == 1000);
  CHECK(summary.total == microseconds(500'500));
  CHECK(summary.max == microseconds(1000));
  const auto check = [](nanoseconds got, microseconds exact) {
    CHECK(got >= exact);
    CHECK(got <= exact * 9 / 8);
  };
  check(summary.p50, microseconds(500));
  check(summary.p90, microseconds(900));
  check(summary.p99, microseconds(990));
}

TEST_CASE("times from zero to hours have a bucket") {
  for (const int64_t ns :
       {int64_t{0}, int64_t{1}, int64_t{7}, int64_t{8}, int64_t{1'000'000'007}, int64_t{1} << 62}) {
    LatencyHistogram histogram;
    histogram.add(nanoseconds(ns));
    INFO(ns);
    CHECK(histogram.summary().p50 == nanoseconds(ns)); // never above the maximum
  }
}

TEST_CASE("a histogram's reported buckets are cumulative") {
  LatencyHistogram histogram;
  for (const int us : {1, 30, 30, 700, 20'000'000}) histogram.add(microseconds(us));
  const LatencySummary summary = histogram.summary();
  REQUIRE(summary.cumulative.size() == latency_bounds().size());
  CHECK(summary.cumulative.front() == 1);
  CHECK(summary.cumulative[2] == 3); // 50 µs
  CHECK(summary.cumulative.back() == 4);
}

TEST_CASE("metrics before the first call: an error rate of 0, no NaN in the JSON") {
  const std::string json = to_json(PluginMetrics{});
  const auto parsed = parse_json(json);
  REQUIRE(parsed);
  CHECK((*parsed)["call_count"] == 0);
  CHECK((*parsed)["error_count"] == 0);
  CHECK((*parsed)["error_rate"] == 0.0);
  CHECK((*parsed)["avg_duration_ms"] == 0.0);
  CHECK((*parsed)["circuit_open"] == false);
  CHECK(json.find("null") == json.npos);
  CHECK(json.find("nan") == json.npos);
}

TEST_CASE_METHOD(
    PluginFixture,
    "the breaker is wired into calls; metrics have reasons, percentiles, fuel, memory, resets, waiting") {
  auto m = manifest();
  m.breaker = BreakerConfig{2, std::chrono::milliseconds(60'000)};
  auto plugin = load(guest(execute("(if (i32.eqz (local.get $n)) (then unreachable)) (i64.const 0)")), m);
  for (int i = 0; i < 3; ++i) result_of(plugin->call("x"));
  for (int i = 0; i < 2; ++i) error_of(plugin->call(""));
  CHECK(error_of(plugin->call("x")).code == "breaker_open");
  const PluginMetrics metrics = plugin->metrics();
  CHECK(metrics.plugin == "p");
  CHECK(metrics.calls == 6);
  CHECK(metrics.errors == 3);
  CHECK(metrics.reasons == std::map<std::string, uint64_t>{{"trap.unreachable", 2}, {"breaker_open", 1}});
  CHECK(metrics.latency.count == 5);
  CHECK(metrics.latency.p50.count() > 0);
  CHECK(metrics.latency.p99 >= metrics.latency.p50);
  CHECK(metrics.queue_wait.count == 5);
  CHECK(metrics.resets == 5);
  CHECK(metrics.replaced == 0);
  CHECK(metrics.fuel > 20);
  CHECK(metrics.memory_high_water == 2 * 65'536);
  CHECK(metrics.instances == 1);
  CHECK(metrics.busy == 0);
  CHECK(metrics.circuit_open);
  CHECK(metrics.budget_used >= 2 * 65'536);
  const auto json = parse_json(to_json(metrics));
  CHECK((*json)["error_rate"] == 0.5);
  CHECK((*json)["reasons"]["trap.unreachable"] == 2);
}

TEST_CASE_METHOD(PluginFixture, "Prometheus text: families with help and type, once each") {
  auto plugin = load(guest(echo));
  auto other = load(guest(execute("unreachable")), manifest("other"));
  result_of(plugin->call("x"));
  error_of(other->call("x"));
  const std::string text = to_prometheus(manager.metrics());
  CHECK(contains(text,
                 "# TYPE skerry_plugin_calls_total counter\nskerry_plugin_calls_total{plugin=\"other\"} 1\n"
                 "skerry_plugin_calls_total{plugin=\"p\"} 1\n"));
  CHECK(contains(text, "skerry_plugin_call_errors_total{plugin=\"other\",code=\"trap.unreachable\"} 1\n"));
  CHECK(contains(text, "skerry_plugin_call_duration_seconds_bucket{plugin=\"p\",le=\"+Inf\"} 1\n"));
  CHECK(contains(text, "skerry_plugin_call_duration_seconds_count{plugin=\"p\"} 1\n"));
  size_t families = 0;
  for (size_t at = 0; (at = text.find("# TYPE ", at)) != text.npos; ++at) {
    const std::string name = text.substr(at + 7, text.find(' ', at + 7) - at - 7);
    CHECK(contains(text, "# HELP " + name + " "));
    CHECK(text.find("# TYPE " + name + " ", at + 1) == text.npos);
    ++families;
  }
  CHECK(families > 8);
  CHECK(text.ends_with('\n'));
}
