// args_* and environ_*: copy the program's arguments and environment variables into its memory.
#include "wasi/functions.hpp"

#include <limits>
#include <span>
#include <string>

namespace skerry::wasi::abi {

namespace {

using Strings = std::span<const std::string>;

// Returns the size of the strings with their terminating zeros.
uint64_t total_bytes(Strings strings) {
  uint64_t total = 0;
  for (const auto& text : strings) total += text.size() + 1;
  return total;
}

Errno sizes(Call& call, Strings strings, i32 count, i32 bytes) {
  if (call.meter.spend(strings.size())) return Errno::intr;
  const uint64_t total = total_bytes(strings);
  if (total > std::numeric_limits<uint32_t>::max()) return Errno::overflow;
  const Errno error = call.memory.store(count, static_cast<uint32_t>(strings.size()));
  return error != Errno::success ? error : call.memory.store(bytes, static_cast<uint32_t>(total));
}

Errno copy_out(Call& call, Strings strings, i32 pointers, i32 buffer) {
  const auto list = call.memory.bytes(pointers, strings.size() * uint64_t{4});
  const auto text = call.memory.bytes(buffer, total_bytes(strings));
  if (!list || !text) return Errno::fault;
  size_t at = 0;
  for (size_t i = 0; i < strings.size(); ++i) {
    if (call.meter.spend(price::item) || call.meter.spend_bytes(strings[i].size() + 1)) return Errno::intr;
    put(*list, i * 4, static_cast<uint32_t>(buffer + at));
    std::memcpy(text->data() + at, strings[i].c_str(), strings[i].size() + 1);
    at += strings[i].size() + 1;
  }
  return Errno::success;
}

} // namespace

Errno args_get(Call& call, i32 argv, i32 argv_buf) {
  return copy_out(call, call.state.config.args, argv, argv_buf);
}

Errno args_sizes_get(Call& call, i32 argc, i32 argv_buf_size) {
  return sizes(call, call.state.config.args, argc, argv_buf_size);
}

Errno environ_get(Call& call, i32 environ, i32 environ_buf) {
  return copy_out(call, call.state.environment, environ, environ_buf);
}

Errno environ_sizes_get(Call& call, i32 environc, i32 environ_buf_size) {
  return sizes(call, call.state.environment, environc, environ_buf_size);
}

} // namespace skerry::wasi::abi
