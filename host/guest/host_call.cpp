#include "host/guest/host_call.hpp"

#include "host/guest/host_error.hpp"
#include "host/support/as_text.hpp"

#include <algorithm>
#include <cstring>
#include <utility>

namespace skerry::host {

std::optional<std::span<std::byte>> HostCall::bytes_at(uint32_t address, uint32_t length) const {
  auto bytes = caller.memory(address, length);
  if (!bytes) return std::nullopt;
  return *bytes;
}

std::optional<std::string_view> HostCall::text_at(uint32_t address, uint32_t length) const {
  const auto bytes = bytes_at(address, length);
  if (!bytes) return std::nullopt;
  return as_text(*bytes);
}

std::optional<std::string_view> HostCall::text_or_trap(uint32_t address, uint32_t length) {
  auto bytes = caller.memory(address, length);
  if (bytes) return as_text(*bytes);
  meter.stop = std::move(bytes.error());
  return std::nullopt;
}

int32_t HostCall::give_text(std::string_view value, uint32_t out, uint32_t capacity) {
  const auto place = bytes_at(out, capacity);
  if (!place) return functions::bad_pointer;
  const size_t size = std::min<size_t>(value.size(), capacity);
  if (meter.spend_bytes(size)) return functions::failed;
  if (size != 0) std::memcpy(place->data(), value.data(), size);
  return static_cast<int32_t>(value.size());
}

} // namespace skerry::host
