// Census: what a tree on the host holds, for quotas.
#pragma once

#include "skerry/error.hpp"

#include <sys/stat.h>

#include <functional>
#include <string>

namespace skerry::wasi {

/// Tells `found` of everything below `directory`, links not followed, each name once. What disappears
/// meanwhile is left out. Three descriptors are open at most; `look`, if it is not empty, is asked at least
/// every 64 entries. Errors: io, when a directory cannot be read or is moved away meanwhile; those of `look`.
Result<void> take_census(const std::string& directory, const std::function<void(const struct stat&)>& found,
                         const std::function<Result<void>()>& look);

} // namespace skerry::wasi
