// Runs one module in several configurations of the engine and demands that nobody can tell them apart.
#pragma once

#include <cstddef>
#include <span>

namespace skerry::fuzz {

/// Instantiates the module with little fuel and memory, functions that nobody defines returning zeros, and
/// calls everything it exports. Results, traps, memory, globals and fuel must be the same in every
/// configuration; the process is aborted when they are not. False when the module is refused (everywhere).
bool run_in_all_configurations(std::span<const std::byte> bytes);

} // namespace skerry::fuzz
