#include "host/support/engine_error.hpp"

#include "host/support/out_of_memory.hpp"
#include "skerry/printable.hpp"

#include <array>
#include <charconv>

namespace skerry::host {

namespace {

/// How a limit of the engine is called here, and what raises it.
struct KnownLimit {
  std::string_view engine_name, name, unit, key;
};
constexpr std::array<KnownLimit, 4> known_limits{{
    {"memory_bytes", "memory", "bytes", "capabilities.maxMemoryMB"},
    {"table_elements", "table", "elements", "capabilities.maxTableElements"},
    {"budget_bytes", "total", "bytes", "capabilities.maxTotalMB"},
    {"heap_bytes", "heap", "bytes", ""},
}};

/// Reads a number from the start of `text` and drops it with what follows up to the next space-separated
/// word.
uint64_t take_number(std::string_view& text) {
  uint64_t number = 0;
  auto end = std::from_chars(text.data(), text.data() + text.size(), number).ptr;
  text.remove_prefix(static_cast<size_t>(end - text.data()));
  return number;
}

/// The engine's limit errors read "NAME limit exceeded: N asked, M allowed".
std::optional<LimitReport> parse_limit(std::string_view message) {
  constexpr std::string_view middle = " limit exceeded: ", between = " asked, ";
  for (const KnownLimit& known : known_limits) {
    if (!message.starts_with(known.engine_name)) continue;
    message.remove_prefix(known.engine_name.size());
    if (!message.starts_with(middle)) continue;
    message.remove_prefix(middle.size());
    LimitReport limit{std::string(known.name), std::string(known.unit), 0, take_number(message),
                      std::string(known.key)};
    if (message.starts_with(between)) message.remove_prefix(between.size());
    limit.allowed = take_number(message);
    return limit;
  }
  return std::nullopt;
}

/// Memory that the process lacks, whatever the plugin is allowed.
bool is_of_process(std::string_view message) {
  return message.starts_with("out of memory") || message.starts_with("the system refuses");
}

void describe_limit(PluginError& out, const Error& error) {
  out.limit = parse_limit(error.message());
  out.code = "limit." + (out.limit ? out.limit->name : "engine");
  if (is_of_process(error.message())) out.code = process_limit;
  if (!out.limit || out.limit->key.empty()) return;
  out.message += "; " + out.limit->key + " raises it";
}

std::string ms_text(std::chrono::nanoseconds time) {
  return std::to_string(std::chrono::duration_cast<std::chrono::milliseconds>(time).count()) + " ms";
}

void describe_timeout(PluginError& out, const Manifest& manifest, std::chrono::nanoseconds elapsed) {
  out.code = "timeout";
  out.message = "deadline exceeded: the plugin was stopped after " + ms_text(elapsed) +
                "; \"timeout\" allows " + ms_text(manifest.timeout);
  out.limit =
      LimitReport{"time", "ms", static_cast<uint64_t>(manifest.timeout.count()), std::nullopt, "timeout"};
}

void describe_exhaustion(PluginError& out, const Manifest& manifest, const Error& error,
                         std::chrono::nanoseconds elapsed) {
  switch (error.code()) {
  case ErrorCode::deadline_exceeded: return describe_timeout(out, manifest, elapsed);
  case ErrorCode::out_of_fuel:
    out.code = "fuel";
    out.limit = LimitReport{"fuel", "instructions", manifest.fuel.value_or(0), std::nullopt, "fuel"};
    out.message += ": \"fuel\" allows " + std::to_string(out.limit->allowed) + " instructions per call";
    return;
  case ErrorCode::call_stack_exhausted:
    out.code = "limit.stack";
    out.limit = LimitReport{"stack", "bytes", manifest.capabilities.max_stack_bytes(), std::nullopt,
                            "capabilities.maxStackKB"};
    out.message += ": at least " + std::to_string(error.backtrace().size()) + " frames deep, in " +
                   std::to_string(out.limit->allowed) + " bytes; capabilities.maxStackKB raises it";
    return;
  case ErrorCode::interrupted: out.code = "cancelled"; return;
  default: out.code = "limit.engine"; return;
  }
}

void describe_host(PluginError& out, const Error& error) {
  out.exit_status = error.exit_status();
  out.code = out.exit_status ? "exit" : "host";
  if (out.exit_status)
    out.message = "the plugin ended itself with exit status " + std::to_string(*out.exit_status);
}

/// Code, and what only some kinds of error have.
void describe_kind(PluginError& out, const Manifest& manifest, const Error& error,
                   std::chrono::nanoseconds elapsed) {
  switch (error.kind()) {
  case ErrorKind::malformed: out.code = "malformed", out.phase = Phase::decode; break;
  case ErrorKind::invalid: out.code = "invalid", out.phase = Phase::validate; break;
  case ErrorKind::unlinkable: out.code = "unlinkable", out.phase = Phase::link; break;
  case ErrorKind::trap: out.code = "trap." + std::string(code_name(error.code())); break;
  case ErrorKind::exhaustion: describe_exhaustion(out, manifest, error, elapsed); break;
  case ErrorKind::exception: out.code = "exception"; break;
  case ErrorKind::limit: describe_limit(out, error); break;
  case ErrorKind::host: describe_host(out, error); break;
  case ErrorKind::usage: out.code = "usage"; break;
  case ErrorKind::io: out.code = "io"; break;
  }
}

/// Where in the module; for errors of running code the backtrace says it.
void describe_place(PluginError& out, const Error& error) {
  if (error.func_index() != Error::no_func) {
    out.func_index = error.func_index();
    out.message += " in function " + std::to_string(*out.func_index);
  }
  if (error.offset() != Error::no_offset) {
    out.offset = error.offset();
    out.message += " at offset " + std::to_string(*out.offset);
  }
}

} // namespace

PluginError make_error(const Manifest& manifest, Phase phase, std::string code, std::string message) {
  PluginError error;
  error.phase = phase;
  error.code = std::move(code);
  error.message = printable(message, longest_printed_message);
  error.plugin = manifest.meta.name;
  return error;
}

PluginError engine_error(const Manifest& manifest, Phase phase, const Error& error,
                         std::chrono::nanoseconds elapsed) {
  PluginError out = make_error(manifest, phase, "", error.message());
  out.backtrace = error.backtrace();
  if (elapsed.count() != 0) out.elapsed = std::chrono::duration_cast<std::chrono::microseconds>(elapsed);
  describe_kind(out, manifest, error, elapsed);
  if (error.kind() == ErrorKind::malformed || error.kind() == ErrorKind::invalid) describe_place(out, error);
  return out;
}

PluginError budget_error(const Manifest& manifest, Phase phase, const ByteBudget& budget,
                         std::string_view what, uint64_t asked) {
  auto error = make_error(manifest, phase, "limit.total",
                          std::string(what) + " " + std::to_string(asked) + " bytes of a budget of " +
                              std::to_string(budget.allowed()) + ", " + std::to_string(budget.used()) +
                              " are in use; capabilities.maxTotalMB raises it");
  error.limit =
      LimitReport{"total", "bytes", budget.allowed(), budget.used() + asked, "capabilities.maxTotalMB"};
  return error;
}

} // namespace skerry::host
