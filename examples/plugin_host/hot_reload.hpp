// Two versions of a plugin are swapped while threads call it.
#pragma once

#include <filesystem>
#include <string>

/// Prints what happened. Returns what went otherwise than it should; empty: nothing. `folder` has
/// greeting-1.wasm and greeting-2.wasm.
std::string show_hot_reload(const std::filesystem::path& folder);
