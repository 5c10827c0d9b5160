// The host functions for configuration and stored values: config_get, kv_get, kv_set, kv_delete.
#include "host/guest/functions.hpp"

#include <algorithm>
#include <map>
#include <string>
#include <string_view>

namespace skerry::host::functions {

namespace {

/// Returns the value of `key`, or null. The key is not copied, because a guest's key may be as long as the
/// guest's memory.
const std::string* find_value(const std::map<std::string, std::string>& values, std::string_view key) {
  const auto found =
      std::ranges::find(values, key, [](const auto& item) { return std::string_view(item.first); });
  return found == values.end() ? nullptr : &found->second;
}

} // namespace

int32_t config_get(HostCall& call, i32 key, i32 length, i32 out, i32 capacity) {
  const auto name = call.text_at(key, length);
  if (!name) return bad_pointer;
  if (call.meter.spend(call.manifest.config->size())) return failed;
  const std::string* value = find_value(*call.manifest.config, *name);
  return value ? call.give_text(*value, out, capacity) : missing;
}

int32_t kv_get(HostCall& call, i32 key, i32 length, i32 out, i32 capacity) {
  const auto name = call.text_at(key, length);
  if (!name) return bad_pointer;
  const auto value = call.services.store->get(*name);
  if (!value) return missing;
  if (call.meter.spend_bytes(value->size())) return failed;
  return call.give_text(*value, out, capacity);
}

int32_t kv_set(HostCall& call, i32 key, i32 length, i32 value, i32 size) {
  const auto name = call.text_at(key, length), text = call.text_at(value, size);
  if (!name || !text) return bad_pointer;
  if (call.meter.spend_bytes(uint64_t{length} + size)) return failed;
  return call.services.store->set(*name, *text) ? 1 : too_large;
}

int32_t kv_delete(HostCall& call, i32 key, i32 length) {
  const auto name = call.text_at(key, length);
  if (!name) return bad_pointer;
  return call.services.store->remove(*name) ? 1 : missing;
}

} // namespace skerry::host::functions
