// Census: lists a tree on the host, for quotas.
#pragma once

#include "skerry/error.hpp"

#include <sys/stat.h>

#include <functional>
#include <string>

namespace skerry::wasi {

/// Reports everything below `directory` to `found`, each name once, without following links. Skips files that
/// disappear meanwhile. At most three descriptors are open. `look`, if it is not empty, is called at least
/// every 64 entries. Errors: io if a directory cannot be read or is moved away meanwhile; those of `look`.
Result<void> take_census(const std::string& directory, const std::function<void(const struct stat&)>& found,
                         const std::function<Result<void>()>& look);

} // namespace skerry::wasi
