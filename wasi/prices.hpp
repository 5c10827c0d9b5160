// Prices of the work that the host does for a program, counted in instructions. docs/wasi.md lists them.
// Bytes that are moved cost one instruction per HostMeter::bytes_per_unit bytes.
#pragma once

#include <cstdint>

namespace skerry::wasi::price {

inline constexpr uint64_t name = 64;   ///< one looked-up name of a path or of a link in it
inline constexpr uint64_t entry = 32;  ///< one entry of a directory, read or sorted
inline constexpr uint64_t item = 16;   ///< one vector, subscription, argument or variable
inline constexpr uint64_t sync = 1024; ///< fd_sync and fd_datasync, for each of their slices

} // namespace skerry::wasi::price
