// Compares a module with the one that it will replace. Internal.
#pragma once

#include "skerry/module.hpp"

#include <cstddef>
#include <span>
#include <string>
#include <string_view>

namespace skerry::host {

/// Lists the exports of `before` that `after` lacks or has with another type: "export "f" was removed; export
/// "g" was … and is …". Empty if there are none. The sizes of memories and tables do not count as part of the
/// type.
std::string interface_change(const Module& before, const Module& after);

/// True if the major version, the number before the first dot, is larger in `after`. False for versions
/// without a number.
bool major_version_rises(std::string_view before, std::string_view after);

/// True if the binary module `after` may be the beginning of a file that is not completely written: it has
/// fewer sections than `before`, with the same ids in the same order.
bool looks_cut_off(std::span<const std::byte> before, std::span<const std::byte> after);

} // namespace skerry::host
