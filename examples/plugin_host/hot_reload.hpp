// Swaps two versions of a plugin while threads call it.
#pragma once

#include <filesystem>
#include <string>

/// Prints the result. Returns a description of the error, or an empty text. `folder` has greeting-1.wasm and
/// greeting-2.wasm.
std::string show_hot_reload(const std::filesystem::path& folder);
