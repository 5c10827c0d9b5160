#include "host/support/engine_error.hpp"

#include "host/support/fail.hpp"
#include "skerry/printable.hpp"

#include <optional>
#include <string_view>

namespace skerry::host {

namespace {

/// How the host reports that a limit of the engine was exceeded: the host's error code, the limit's name and
/// unit, and the manifest key that raises the limit (empty if there is none).
struct KnownLimit {
  PluginErrorCode code;
  std::string_view name, unit, key;
};

/// Returns how the host reports the limit `id`. Returns nothing if an error about this limit has no
/// LimitReport.
std::optional<KnownLimit> known_limit(LimitId id) {
  switch (id) {
  case LimitId::memory_bytes:
    return KnownLimit{PluginErrorCode::limit_memory, "memory", "bytes", "capabilities.maxMemoryMB"};
  case LimitId::table_elements:
    return KnownLimit{PluginErrorCode::limit_table, "table", "elements", "capabilities.maxTableElements"};
  case LimitId::budget_bytes:
    return KnownLimit{PluginErrorCode::limit_total, "total", "bytes", "capabilities.maxTotalMB"};
  case LimitId::heap_bytes: return KnownLimit{PluginErrorCode::limit_heap, "heap", "bytes", ""};
  default: return std::nullopt;
  }
}

void describe_limit(PluginError& out, const Error& error) {
  out.code = PluginErrorCode::limit_engine;
  const std::optional<ExceededLimit> limit = error.limit();
  if (!limit) return;
  if (limit->id == LimitId::process_memory) out.code = PluginErrorCode::limit_process;
  const std::optional<KnownLimit> known = known_limit(limit->id);
  if (!known) return;
  out.code = known->code;
  out.limit = LimitReport{std::string(known->name), std::string(known->unit), limit->allowed, limit->asked,
                          std::string(known->key)};
  if (!known->key.empty()) out.message.append("; ").append(known->key).append(" raises it");
}

PluginErrorCode trap_code(ErrorCode code) {
  switch (code) {
#define SKERRY_TRAP(name)                                                                                    \
  case ErrorCode::name: return PluginErrorCode::trap_##name;
    SKERRY_TRAP(unreachable)
    SKERRY_TRAP(integer_divide_by_zero)
    SKERRY_TRAP(integer_overflow)
    SKERRY_TRAP(invalid_conversion_to_integer)
    SKERRY_TRAP(out_of_bounds_memory_access)
    SKERRY_TRAP(out_of_bounds_table_access)
    SKERRY_TRAP(out_of_bounds_array_access)
    SKERRY_TRAP(undefined_element)
    SKERRY_TRAP(uninitialized_element)
    SKERRY_TRAP(indirect_call_type_mismatch)
    SKERRY_TRAP(null_reference)
    SKERRY_TRAP(null_function_reference)
    SKERRY_TRAP(null_structure_reference)
    SKERRY_TRAP(null_array_reference)
    SKERRY_TRAP(null_i31_reference)
    SKERRY_TRAP(null_exception_reference)
    SKERRY_TRAP(cast_failure)
    SKERRY_TRAP(unaligned_atomic)
    SKERRY_TRAP(unknown_import)
#undef SKERRY_TRAP
  default: return PluginErrorCode::trap_other;
  }
}

std::string ms_text(std::chrono::nanoseconds time) {
  return std::to_string(std::chrono::duration_cast<std::chrono::milliseconds>(time).count()) + " ms";
}

void describe_timeout(PluginError& out, const Manifest& manifest, std::chrono::nanoseconds elapsed) {
  out.code = PluginErrorCode::timeout;
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
    out.code = PluginErrorCode::fuel;
    out.limit = LimitReport{"fuel", "instructions", manifest.fuel.value_or(0), std::nullopt, "fuel"};
    out.message += ": \"fuel\" allows " + std::to_string(out.limit->allowed) + " instructions per call";
    return;
  case ErrorCode::call_stack_exhausted:
    out.code = PluginErrorCode::limit_stack;
    out.limit = LimitReport{"stack", "bytes", manifest.capabilities.max_stack_bytes(), std::nullopt,
                            "capabilities.maxStackKB"};
    out.message += ": at least " + std::to_string(error.backtrace().size()) + " frames deep, in " +
                   std::to_string(out.limit->allowed) + " bytes; capabilities.maxStackKB raises it";
    return;
  case ErrorCode::interrupted: out.code = PluginErrorCode::cancelled; return;
  default: out.code = PluginErrorCode::limit_engine; return;
  }
}

void describe_host(PluginError& out, const Error& error) {
  out.exit_status = error.exit_status();
  out.code = out.exit_status ? PluginErrorCode::exit : PluginErrorCode::host;
  if (error.code() == ErrorCode::host_exception) {
    out.code = PluginErrorCode::callback;
    out.message = printable("a function of the embedder threw an exception: " + error.message(),
                            longest_printed_message);
  }
  if (out.exit_status) out.message = "the plugin exited with status " + std::to_string(*out.exit_status);
}

/// Sets the error code, and the members that only errors of some kinds have.
void describe_kind(PluginError& out, const Manifest& manifest, const Error& error,
                   std::chrono::nanoseconds elapsed) {
  switch (error.kind()) {
  case ErrorKind::malformed:
    out.code = PluginErrorCode::malformed;
    out.phase = Phase::decode;
    break;
  case ErrorKind::invalid:
    out.code = PluginErrorCode::invalid;
    out.phase = Phase::validate;
    break;
  case ErrorKind::unlinkable:
    out.code = PluginErrorCode::unlinkable;
    out.phase = Phase::link;
    break;
  case ErrorKind::unsupported: break; // describe_refusal
  case ErrorKind::trap: out.code = trap_code(error.code()); break;
  case ErrorKind::exhaustion: describe_exhaustion(out, manifest, error, elapsed); break;
  case ErrorKind::exception: out.code = PluginErrorCode::exception; break;
  case ErrorKind::limit: describe_limit(out, error); break;
  case ErrorKind::host: describe_host(out, error); break;
  case ErrorKind::usage: out.code = PluginErrorCode::usage; break;
  case ErrorKind::io: out.code = PluginErrorCode::io; break;
  }
}

/// Describes a module that needs a feature which the engine does not have.
void describe_refusal(PluginError& out) {
  out.code = PluginErrorCode::unsupported;
  out.phase = Phase::decode;
}

/// Returns whether the error is about the bytes of a module.
bool is_about_module(const Error& error) {
  return error.kind() == ErrorKind::malformed || error.kind() == ErrorKind::invalid ||
         error.kind() == ErrorKind::unsupported;
}

/// Sets the function and the offset at which a module is malformed or invalid. For errors of running code,
/// the backtrace has the place instead.
void describe_place(PluginError& out, const Error& error) {
  if (error.func_index() != Error::no_func) {
    out.func_index = error.func_index();
    out.message += " in function " + std::to_string(*out.func_index);
    if (!error.func_name().empty()) out.message += " (" + error.func_name() + ")";
  }
  if (error.offset() != Error::no_offset) {
    out.offset = error.offset();
    out.message += " at offset " + std::to_string(*out.offset);
  }
}

} // namespace

PluginError engine_error(const Manifest& manifest, Phase phase, const Error& error,
                         std::chrono::nanoseconds elapsed) {
  PluginError out = make_error(manifest, phase, PluginErrorCode::none, error.message());
  out.backtrace = error.backtrace();
  if (elapsed.count() != 0) out.elapsed = std::chrono::duration_cast<std::chrono::microseconds>(elapsed);
  describe_kind(out, manifest, error, elapsed);
  if (error.code() == ErrorCode::unsupported) describe_refusal(out);
  if (is_about_module(error)) describe_place(out, error);
  return out;
}

PluginError budget_error(const Manifest& manifest, Phase phase, const ByteBudget& budget,
                         std::string_view what, uint64_t asked) {
  auto error = make_error(manifest, phase, PluginErrorCode::limit_total,
                          std::string(what) + " " + std::to_string(asked) + " bytes of a budget of " +
                              std::to_string(budget.allowed()) + ", " + std::to_string(budget.used()) +
                              " are in use; capabilities.maxTotalMB raises it");
  error.limit =
      LimitReport{"total", "bytes", budget.allowed(), budget.used() + asked, "capabilities.maxTotalMB"};
  return error;
}

} // namespace skerry::host
