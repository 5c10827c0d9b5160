// Runs one module in several configurations of the engine and requires equal results.
#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace skerry::fuzz {

/// Instantiates the module with little fuel and memory, with missing functions that return zeros, and calls
/// all its exports. Results, traps, memory, globals and fuel must be the same in every configuration;
/// otherwise the process is aborted. Returns the record as text, which is the same in every build too;
/// returns nothing if every configuration refuses the module.
std::optional<std::string> run_in_all_configurations(std::span<const std::byte> bytes);

/// Appends this outcome to the file that the environment variable SKERRY_FUZZ_OUTCOMES names, if it is set.
/// fuzz/compare compares the files of several builds. Not thread-safe.
void record_outcome(std::string_view outcome);

} // namespace skerry::fuzz
