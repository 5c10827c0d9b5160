// Runs one module in several configurations of the engine and demands that nobody can tell them apart.
#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace skerry::fuzz {

/// Instantiates the module with little fuel and memory, functions that nobody defines returning zeros, and
/// calls everything it exports. Results, traps, memory, globals and fuel must be the same in every
/// configuration; the process is aborted when they are not. Returns what happened as text, which is the same
/// in every build, too; nothing when the module is refused (everywhere).
std::optional<std::string> run_in_all_configurations(std::span<const std::byte> bytes);

/// Writes this outcome to the file that the environment variable SKERRY_FUZZ_OUTCOMES names, if it does:
/// fuzz/compare compares the files of several builds. Not thread-safe.
void record_outcome(std::string_view outcome);

} // namespace skerry::fuzz
