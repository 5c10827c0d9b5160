// Writes metrics as JSON and as Prometheus text.
#include "skerry/host/metrics.hpp"

#include "host/support/json_text.hpp"
#include "skerry/printable.hpp"

#include <array>
#include <charconv>

namespace skerry::host {

namespace {

double in_ms(std::chrono::nanoseconds time) { return static_cast<double>(time.count()) / 1e6; }
double in_seconds(std::chrono::nanoseconds time) { return static_cast<double>(time.count()) / 1e9; }
double ratio(double part, uint64_t whole) { return whole == 0 ? 0 : part / static_cast<double>(whole); }

std::string latency_text(const LatencySummary& summary) {
  return ObjectText()
      .add("count", summary.count)
      .add("avg", ratio(in_ms(summary.total), summary.count))
      .add("p50", in_ms(summary.p50))
      .add("p90", in_ms(summary.p90))
      .add("p99", in_ms(summary.p99))
      .add("max", in_ms(summary.max))
      .text();
}

std::string reloads_text(const ReloadMetrics& reloads) {
  return ObjectText()
      .add("swapped", reloads.swapped)
      .add("unchanged", reloads.unchanged)
      .add_text("failures", ObjectText().add_all(reloads.failures).text())
      .add("rollbacks", reloads.rollbacks)
      .add("automatic_rollbacks", reloads.automatic_rollbacks)
      .text();
}

std::string version_text(const VersionMetrics& version) {
  return ObjectText()
      .add("version", version.version)
      .add("hash", version.hash)
      .add("serving", version.serving)
      .add("call_count", version.calls)
      .add("error_count", version.errors)
      .add_text("duration_ms", latency_text(version.latency))
      .text();
}

std::string versions_text(const std::vector<VersionMetrics>& versions) {
  ListText list;
  for (const VersionMetrics& version : versions) list.add_text(version_text(version));
  return list.text();
}

/// Returns a label's value: printable, shortened, and escaped for the Prometheus text format.
std::string escaped(std::string_view text) {
  std::string result;
  for (char c : printable(text)) {
    if (c == '\\' || c == '"') result += '\\';
    result += c;
  }
  return result;
}

std::string number(double value) {
  std::array<char, 32> text;
  auto end = std::to_chars(text.data(), text.data() + text.size(), value).ptr;
  return {text.data(), end};
}

/// Writes metric families in the Prometheus text format.
class Exposition {
public:
  explicit Exposition(std::span<const PluginMetrics> plugins) : plugins_(plugins) {}

  template <class Value>
  void family(std::string_view name, std::string_view type, std::string_view help, Value value) {
    head(name, type, help);
    for (const PluginMetrics& plugin : plugins_)
      sample(name, label(plugin), number(static_cast<double>(value(plugin))));
  }

  void reasons() {
    constexpr std::string_view name = "skerry_plugin_call_errors_total";
    head(name, "counter", "Failed calls by the code of their error.");
    for (const PluginMetrics& plugin : plugins_)
      for (const auto& [code, count] : plugin.reasons)
        sample(name, label(plugin) + ",code=\"" + escaped(code) + "\"", std::to_string(count));
  }

  void reloads() {
    constexpr std::string_view name = "skerry_plugin_reloads_total";
    head(name, "counter", "Reloads and rollbacks by outcome.");
    for (const PluginMetrics& plugin : plugins_) {
      const ReloadMetrics& r = plugin.reloads;
      const auto one = [&](std::string_view outcome, uint64_t count) {
        sample(name, label(plugin) + ",outcome=\"" + escaped(outcome) + "\"", std::to_string(count));
      };
      one("swapped", r.swapped);
      one("unchanged", r.unchanged);
      one("rollback", r.rollbacks);
      one("automatic_rollback", r.automatic_rollbacks);
      for (const auto& [code, count] : r.failures) one(code, count);
    }
  }

  void versions(std::string_view name, std::string_view type, std::string_view help,
                uint64_t (*value)(const VersionMetrics&)) {
    head(name, type, help);
    for (const PluginMetrics& plugin : plugins_)
      for (const VersionMetrics& v : plugin.versions)
        sample(name, label(plugin) + ",version=\"" + escaped(v.version) + "\",hash=\"" + v.hash + "\"",
               std::to_string(value(v)));
  }

  void histogram(std::string_view name, std::string_view help, LatencySummary PluginMetrics::* member) {
    head(name, "histogram", help);
    for (const PluginMetrics& plugin : plugins_) {
      const LatencySummary& summary = plugin.*member;
      const std::string bucket = std::string(name) + "_bucket";
      for (size_t i = 0; i < summary.cumulative.size(); ++i)
        sample(bucket, label(plugin) + ",le=\"" + number(in_seconds(latency_bounds()[i])) + "\"",
               std::to_string(summary.cumulative[i]));
      sample(bucket, label(plugin) + ",le=\"+Inf\"", std::to_string(summary.count));
      sample(std::string(name) + "_sum", label(plugin), number(in_seconds(summary.total)));
      sample(std::string(name) + "_count", label(plugin), std::to_string(summary.count));
    }
  }

  std::string take() { return std::move(text_); }

private:
  static std::string label(const PluginMetrics& plugin) {
    return "plugin=\"" + escaped(plugin.plugin) + "\"";
  }
  void head(std::string_view name, std::string_view type, std::string_view help) {
    text_.append("# HELP ").append(name).append(" ").append(help).append("\n# TYPE ");
    text_.append(name).append(" ").append(type).append("\n");
  }
  void sample(std::string_view name, std::string_view labels, std::string_view value) {
    text_.append(name).append("{").append(labels).append("} ").append(value).append("\n");
  }

  std::span<const PluginMetrics> plugins_;
  std::string text_;
};

} // namespace

std::string to_json(const PluginMetrics& m) {
  return ObjectText()
      .add("plugin", m.plugin)
      .add("call_count", m.calls)
      .add("error_count", m.errors)
      .add("error_rate", ratio(static_cast<double>(m.errors), m.calls))
      .add("avg_duration_ms", ratio(in_ms(m.latency.total), m.latency.count))
      .add("circuit_open", m.circuit_open)
      .add_text("reasons", ObjectText().add_all(m.reasons).text())
      .add_text("duration_ms", latency_text(m.latency))
      .add_text("queue_wait_ms", latency_text(m.queue_wait))
      .add("fuel", m.fuel)
      .add("memory_high_water_bytes", m.memory_high_water)
      .add("resets", m.resets)
      .add("replaced", m.replaced)
      .add("dropped_log_lines", m.dropped_log_lines)
      .add_text("instances",
                ObjectText().add("total", m.instances).add("busy", m.busy).add("waiting", m.waiting).text())
      .add_text("budget_bytes", ObjectText().add("used", m.budget_used).add("allowed", m.budget).text())
      .add_text("reloads", reloads_text(m.reloads))
      .add_text("versions", versions_text(m.versions))
      .text();
}

std::string to_prometheus(std::span<const PluginMetrics> plugins) {
  using M = PluginMetrics;
  Exposition out(plugins);
  out.family("skerry_plugin_calls_total", "counter", "Answered calls, failed ones included.",
             [](const M& m) { return m.calls; });
  out.reasons();
  out.histogram("skerry_plugin_call_duration_seconds", "Time of a call, waiting for an instance included.",
                &M::latency);
  out.histogram("skerry_plugin_queue_wait_seconds", "Time that a call waited for an instance.",
                &M::queue_wait);
  out.family("skerry_plugin_fuel_total", "counter", "WebAssembly instructions executed in calls.",
             [](const M& m) { return m.fuel; });
  out.family("skerry_plugin_instance_resets_total", "counter",
             "Instances brought back to the state after init.", [](const M& m) { return m.resets; });
  out.family("skerry_plugin_instances_replaced_total", "counter", "Instances discarded.",
             [](const M& m) { return m.replaced; });
  out.family("skerry_plugin_dropped_log_lines_total", "counter", "Log lines beyond the limits of a call.",
             [](const M& m) { return m.dropped_log_lines; });
  out.family("skerry_plugin_memory_high_water_bytes", "gauge", "Most linear memory that one instance had.",
             [](const M& m) { return m.memory_high_water; });
  out.family("skerry_plugin_budget_used_bytes", "gauge", "Bytes used of the plugin's budget.",
             [](const M& m) { return m.budget_used; });
  out.family("skerry_plugin_instances", "gauge", "Instances that exist.",
             [](const M& m) { return m.instances; });
  out.family("skerry_plugin_busy_instances", "gauge", "Instances that run a call.",
             [](const M& m) { return m.busy; });
  out.family("skerry_plugin_waiting_calls", "gauge", "Calls that wait for an instance.",
             [](const M& m) { return m.waiting; });
  out.family("skerry_plugin_circuit_open", "gauge", "1 while the breaker rejects calls.",
             [](const M& m) { return m.circuit_open ? 1 : 0; });
  out.reloads();
  out.versions("skerry_plugin_version_calls_total", "counter", "Calls that a version answered.",
               [](const VersionMetrics& v) { return v.calls; });
  out.versions("skerry_plugin_version_call_errors_total", "counter",
               "Calls that a version answered with an error.",
               [](const VersionMetrics& v) { return v.errors; });
  out.versions("skerry_plugin_version_serving", "gauge", "1 for the version that serves, 0 for kept ones.",
               [](const VersionMetrics& v) { return uint64_t{v.serving}; });
  return out.take();
}

} // namespace skerry::host
