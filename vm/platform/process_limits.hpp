// How much memory the operating system allows this process, and how much the process uses.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace skerry::platform {

/// Returns the size of the process's address space in bytes: a limit of the system, or what the processor can
/// address if that is less.
uint64_t address_space_bytes() noexcept;
/// Returns how many bytes of the process's address space are mapped; 0 if the system does not tell.
uint64_t address_space_in_use() noexcept;

/// A limit of the system that refuses the process more.
struct ReachedLimit {
  std::string_view name; ///< as the system's documentation writes it: "RLIMIT_DATA"
  std::string_view unit; ///< "bytes"
  uint64_t allowed = 0;
  uint64_t used = 0;
};
/// Returns the name of what bounds address_space_bytes: "RLIMIT_AS", or "the address space".
std::string_view address_space_limit() noexcept;
/// Returns the limit because of which the system refuses `bytes` more. Does not look at the limit on the
/// address space. Returns nothing if no such limit is known. May take about 10 ms.
std::optional<ReachedLimit> reached_limit(uint64_t bytes) noexcept;

} // namespace skerry::platform
