// Compares a new module with the module that it will replace. Internal.
#pragma once

#include "skerry/module.hpp"

#include <cstddef>
#include <span>
#include <string>
#include <string_view>

namespace skerry::host {

/// Describes the exports of `before` that are missing in `after` or have another type in `after`, such as
/// `export "f" was removed; export "g" was … and is …`. Returns an empty text if there are no such exports.
/// The sizes of memories and tables may differ.
std::string interface_change(const Module& before, const Module& after);

/// True if the major version, which is the number before the first dot, is larger in `after` than in
/// `before`. False if either version does not begin with a number.
bool major_version_rises(std::string_view before, std::string_view after);

/// True if the binary module `after` looks truncated: it has fewer sections than `before`, and the ids of its
/// sections equal the first section ids of `before`.
bool looks_cut_off(std::span<const std::byte> before, std::span<const std::byte> after);

} // namespace skerry::host
