// Compares a module with the one that it is to replace. Internal.
#pragma once

#include "skerry/module.hpp"

#include <cstddef>
#include <span>
#include <string>
#include <string_view>

namespace skerry::host {

/// "export "f" is gone; export "g" was … and is …": every export of `before` that `after` lacks or has with
/// another type. Empty: there is none. Sizes of memories and tables are no part of their type here.
std::string interface_change(const Module& before, const Module& after);

/// True when the major version, the number before the first dot, is larger. False for versions without a
/// number.
bool major_version_rises(std::string_view before, std::string_view after);

/// The binary module `after` ends where one of the sections of `before` ends, and those up to there are of
/// the same kinds in the same order: it may be the beginning of a file that is not written whole.
bool looks_cut_off(std::span<const std::byte> before, std::span<const std::byte> after);

} // namespace skerry::host
