#include "host/host_functions.hpp"

namespace skerry::host {

namespace {

/// The text at (slots[0], slots[1]) of the caller's memory. Errors: trap out_of_bounds_memory_access.
Result<std::string_view> text_argument(const Caller& caller, std::span<const uint64_t> slots) {
  auto bytes = caller.memory(slots[0], slots[1]);
  if (!bytes) return fail(std::move(bytes.error()));
  return std::string_view(reinterpret_cast<const char*>(bytes->data()), bytes->size());
}

Result<void> fs_check(const Capabilities& capabilities, Caller& caller, std::span<uint64_t> slots) {
  auto path = text_argument(caller, slots);
  if (!path) return fail(std::move(path.error()));
  slots[0] = check_path(capabilities, *path).granted;
  return {};
}

/// The network itself is not there yet, so that also a granted host is out of reach.
Result<void> net_dial(Caller& caller, std::span<uint64_t> slots) {
  auto host = text_argument(caller, slots);
  if (!host) return fail(std::move(host.error()));
  slots[0] = 0;
  return {};
}

} // namespace

void define_host_functions(Linker& linker, const Capabilities& capabilities) {
  linker.define_raw("env", "fs_check", FuncType{{i32, i32}, {i32}},
                    [&capabilities](Caller& caller, std::span<uint64_t> slots) {
                      return fs_check(capabilities, caller, slots);
                    });
  linker.define_raw("env", "net_dial", FuncType{{i32, i32, i32}, {i32}}, net_dial);
}

} // namespace skerry::host
