#include "host/guest/plugin_abi.hpp"

#include "host/guest/json_end.hpp"
#include "host/support/as_text.hpp"
#include "host/support/engine_error.hpp"
#include "host/support/fail.hpp"
#include "host/support/json.hpp"
#include "vm/base/address.hpp"

#include <algorithm>
#include <array>
#include <cstring>

namespace skerry::host {

std::optional<std::string> refusal_in(std::string_view answer) {
  auto json = parse_json(answer);
  if (!json || !json->is_object()) return std::nullopt;
  for (const char* key : {"success", "ok"}) {
    auto found = json->find(key);
    if (found == json->end() || *found != false) continue;
    auto error = json->find("error");
    return error != json->end() && error->is_string() ? error->get<std::string>() : std::string(answer);
  }
  return std::nullopt;
}

GuestAbi::GuestAbi(const AbiShape& shape, const Manifest& manifest, Instance instance)
    : shape_(shape), manifest_(manifest), instance_(instance) {
  const auto find = [&](std::string_view name) { return instance.func(name).value_or(Func()); };
  memory_ = instance.memory("memory").value_or(Memory());
  allocate_ = find(shape.allocate);
  deallocate_ = find(shape.deallocate);
  execute_ = find("execute");
}

Expected<std::vector<Value>> GuestAbi::call(Phase phase, std::string_view name,
                                            std::span<const Value> arguments) const {
  auto function = instance_.func(name);
  if (!function) return fail(engine_error(manifest_, phase, function.error()));
  return call(phase, *function, arguments);
}

Expected<std::vector<Value>> GuestAbi::call(Phase phase, const Func& function,
                                            std::span<const Value> arguments) const {
  auto start = Store::Clock::now();
  auto results = function.call(arguments);
  if (!results) {
    return fail(engine_error(manifest_, phase, results.error(), Store::Clock::now() - start));
  }
  return std::move(*results);
}

Expected<std::span<std::byte>> GuestAbi::bytes_at(Phase phase, std::string_view what, Buffer buffer) const {
  std::span<std::byte> bytes = memory_.bytes(); // fetched each time, because the memory may have grown
  if (buffer.address > bytes.size() || buffer.size > bytes.size() - buffer.address) {
    return fail(manifest_, phase, PluginErrorCode::abi_pointer,
                std::string(what) + " lies outside the memory: address " + std::to_string(buffer.address) +
                    ", " + std::to_string(buffer.size) + " bytes, the memory has " +
                    std::to_string(bytes.size()));
  }
  return bytes.subspan(buffer.address, buffer.size);
}

Expected<void> GuestAbi::give_back(Phase phase, Buffer buffer) const {
  if (buffer.address == 0) return {};
  std::array<Value, 2> arguments{static_cast<int32_t>(buffer.address), static_cast<int32_t>(buffer.size)};
  auto done = call(phase, deallocate_, std::span(arguments).first(shape_.deallocate_takes_size ? 2 : 1));
  if (!done) return fail(std::move(done.error()));
  return {};
}

Unexpected<PluginError> GuestAbi::output_limit(Phase phase, std::string_view name,
                                               std::optional<uint64_t> asked) const {
  uint64_t limit = manifest_.capabilities.max_output_bytes();
  auto error = make_error(manifest_, phase, PluginErrorCode::limit_output,
                          "the result of \"" + std::string(name) + "\" has " +
                              (asked ? std::to_string(*asked) : "more") + " bytes, " + std::to_string(limit) +
                              " are allowed; capabilities.maxOutputKB raises it");
  error.limit = LimitReport{"output", "bytes", limit, asked, "capabilities.maxOutputKB"};
  return fail(std::move(error));
}

Expected<std::string> GuestAbi::read_terminated(Phase phase, std::string_view name, uint32_t address) const {
  if (address == 0)
    return fail(manifest_, phase, PluginErrorCode::abi_pointer,
                "\"" + std::string(name) + "\" returned a null pointer");
  auto start = bytes_at(phase, "the result of \"" + std::string(name) + "\"", {address, 0});
  if (!start) return fail(std::move(start.error()));
  std::string_view rest = as_text(memory_.bytes()).substr(address);
  uint64_t limit = manifest_.capabilities.max_output_bytes();
  bool cut = rest.size() > limit;
  auto length =
      terminated_length(rest.substr(0, vm::to_size(limit + 1))); // + 1: for the NUL after the longest result
  if (length && *length <= limit) return std::string(rest.substr(0, *length));
  if (cut) return output_limit(phase, name, std::nullopt);
  return fail(manifest_, phase, PluginErrorCode::abi_result,
              "the result of \"" + std::string(name) +
                  "\" has no end: neither a NUL nor a complete JSON value before the end of "
                  "the memory");
}

Expected<std::string> GuestAbi::read_sized(Phase phase, std::string_view name, Buffer buffer) const {
  auto bytes = bytes_at(phase, "the result of \"" + std::string(name) + "\"", buffer);
  if (!bytes) return fail(std::move(bytes.error()));
  if (buffer.size > manifest_.capabilities.max_output_bytes()) return output_limit(phase, name, buffer.size);
  return std::string(as_text(*bytes));
}

GuestAbi::Buffer GuestAbi::sized_buffer(ResultForm form, std::span<const Value> results) {
  if (form == ResultForm::pair)
    return {static_cast<uint32_t>(results[0].as_i32()), static_cast<uint32_t>(results[1].as_i32())};
  const auto packed = static_cast<uint64_t>(results[0].as_i64());
  return {static_cast<uint32_t>(packed >> 32), static_cast<uint32_t>(packed)};
}

/// Copies the result. The host later frees the result's buffer if the guest returned the buffer's size.
/// Otherwise the buffer stays with the guest, because only the guest knows the size.
Expected<GuestAbi::Taken> GuestAbi::take_result(Phase phase, std::string_view name, ResultForm form,
                                                std::span<const Value> results) const {
  Buffer buffer;
  Expected<std::string> text;
  if (form == ResultForm::pointer) {
    text = read_terminated(phase, name, static_cast<uint32_t>(results[0].as_i32()));
  } else if (form == ResultForm::packed || form == ResultForm::pair) {
    buffer = sized_buffer(form, results);
    text = read_sized(phase, name, buffer);
  }
  if (!text) return fail(std::move(text.error()));
  return Taken{std::move(*text), buffer};
}

Expected<void> GuestAbi::check_status(Phase phase, PluginErrorCode code, std::string_view name,
                                      ResultForm form, std::span<const Value> results) const {
  if (form != ResultForm::status || results[0].as_i32() == 0) return {};
  return fail(manifest_, phase, code,
              "\"" + std::string(name) + "\" returned status " + std::to_string(results[0].as_i32()));
}

Expected<std::string> GuestAbi::run(Invocation invocation) const {
  auto step = invocation.first();
  while (step && *step) {
    auto results = call(invocation.phase(), (*step)->function, (*step)->arguments());
    if (!results) return fail(std::move(results.error()));
    step = invocation.next(*results);
  }
  if (!step) return fail(std::move(step.error()));
  return invocation.take_answer();
}

/// Reads a version number from an i32 global, or from a function that returns an i32.
Expected<int32_t> GuestAbi::version_number(Phase phase, std::string_view name, ExternKind kind) const {
  if (kind == ExternKind::global) {
    auto global = instance_.global(name);
    if (!global) return fail(engine_error(manifest_, phase, global.error()));
    auto value = global->get();
    if (!value) return fail(engine_error(manifest_, phase, value.error()));
    return value->as_i32();
  }
  auto results = call(phase, name, {});
  if (!results) return fail(std::move(results.error()));
  return results->front().as_i32();
}

Expected<void> GuestAbi::check_version() const {
  if (!shape_.version) return {};
  auto found = version_number(Phase::link, "skerry_abi_version", *shape_.version);
  if (!found) return fail(std::move(found.error()));
  const int32_t version = *found;
  if (version == abi_version) return {};
  return fail(manifest_, Phase::link, PluginErrorCode::abi_version,
              "the plugin was built for version " + std::to_string(version) +
                  " of the plugin ABI, this host has " + std::to_string(abi_version));
}

Expected<void> GuestAbi::start() const {
  if (!shape_.has_initialize && !shape_.has_start) return {};
  auto done = call(Phase::instantiate, shape_.has_initialize ? "_initialize" : "_start", {});
  if (done) return {};
  bool ended_well = !shape_.has_initialize && done.error().exit_status == 0;
  if (ended_well) return {};
  return fail(std::move(done.error()));
}

Expected<std::optional<std::string>> GuestAbi::meta() const {
  if (!shape_.meta) return std::nullopt;
  auto results = call(Phase::init, "meta", {});
  if (!results) return fail(std::move(results.error()));
  auto taken = take_result(Phase::init, "meta", *shape_.meta, *results);
  if (!taken) return fail(std::move(taken.error()));
  if (auto done = give_back(Phase::init, taken->buffer); !done) return fail(std::move(done.error()));
  return std::optional(std::move(taken->text));
}

Expected<void> GuestAbi::init() const {
  if (!shape_.init) return {};
  auto function = instance_.func("init");
  if (!function) return fail(engine_error(manifest_, Phase::init, function.error()));
  auto answer =
      run({*this, Phase::init, "init", *function, *shape_.init, std::as_bytes(std::span(manifest_.init))});
  if (!answer) return fail(std::move(answer.error()));
  if (auto why = refusal_in(*answer))
    return fail(manifest_, Phase::init, PluginErrorCode::init, "the plugin's init failed: " + *why);
  return {};
}

Expected<std::string> GuestAbi::execute(std::span<const std::byte> input) const {
  return run(execution(input));
}

GuestAbi::Invocation GuestAbi::execution(std::span<const std::byte> input) const {
  return {*this, Phase::call, "execute", execute_, shape_.execute, input};
}

Expected<SavedState> GuestAbi::save_state() const {
  SavedState state;
  if (shape_.state_version) {
    auto version = version_number(Phase::reload, "skerry_state_version", *shape_.state_version);
    if (!version) return fail(std::move(version.error()));
    state.version = *version;
  }
  auto results = call(Phase::reload, "save_state", {});
  if (!results) return fail(std::move(results.error()));
  const Buffer buffer = sized_buffer(*shape_.save_state, *results);
  const uint64_t limit = manifest_.reload.max_state_bytes();
  if (buffer.size > limit) {
    auto error = make_error(manifest_, Phase::reload, PluginErrorCode::limit_state,
                            "the state has " + std::to_string(buffer.size) + " bytes, " +
                                std::to_string(limit) + " are allowed; reload.maxStateKB raises it");
    error.limit = LimitReport{"state", "bytes", limit, buffer.size, "reload.maxStateKB"};
    return fail(std::move(error));
  }
  auto bytes = bytes_at(Phase::reload, "the result of \"save_state\"", buffer);
  if (!bytes) return fail(std::move(bytes.error()));
  state.bytes = as_text(*bytes);
  if (auto done = give_back(Phase::reload, buffer); !done) return fail(std::move(done.error()));
  return state;
}

/// Allocates a buffer in the guest and copies the state into it. Never asks for 0 bytes, because some guests
/// cannot allocate 0 bytes.
Expected<GuestAbi::Buffer> GuestAbi::give_state(const std::string& bytes) const {
  Buffer buffer{0, std::max<uint32_t>(static_cast<uint32_t>(bytes.size()), 1)};
  const std::array<Value, 1> size{static_cast<int32_t>(buffer.size)};
  auto results = call(Phase::reload, allocate_, size);
  if (!results) return fail(std::move(results.error()));
  buffer.address = static_cast<uint32_t>(results->front().as_i32());
  if (buffer.address == 0)
    return fail(manifest_, Phase::reload, PluginErrorCode::abi_allocate, "there is no memory for the state");
  auto place = bytes_at(Phase::reload, "the buffer that \"" + shape_.allocate + "\" returned", buffer);
  if (!place) return fail(std::move(place.error()));
  std::ranges::copy(std::as_bytes(std::span(bytes)), place->begin());
  return buffer;
}

Expected<void> GuestAbi::restore_state(const SavedState& state) const {
  auto buffer = give_state(state.bytes);
  if (!buffer) return fail(std::move(buffer.error()));
  std::array<Value, 3> arguments{state.version, static_cast<int32_t>(buffer->address),
                                 static_cast<int32_t>(state.bytes.size())};
  auto results = call(Phase::reload, "restore_state", arguments);
  if (!results) return fail(std::move(results.error()));
  if (*shape_.restore_state == ResultForm::status && results->front().as_i32() != 0) {
    return fail(manifest_, Phase::reload, PluginErrorCode::state,
                "\"restore_state\" refused state of version " + std::to_string(state.version) +
                    " with status " + std::to_string(results->front().as_i32()));
  }
  return give_back(Phase::reload, *buffer);
}

Expected<void> GuestAbi::destroy() const {
  if (!shape_.destroy) return {};
  auto results = call(Phase::call, "destroy", {});
  if (!results) return fail(std::move(results.error()));
  return check_status(Phase::call, PluginErrorCode::destroy, "destroy", *shape_.destroy, *results);
}

} // namespace skerry::host
