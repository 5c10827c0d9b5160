// Census: visits everything below a directory of the host, for quotas.
#pragma once

#include "skerry/error.hpp"
#include "wasi/platform/file_status.hpp"

#include <functional>
#include <string>

namespace skerry::wasi {

/// Calls `found` once for each name below `directory`, with the attributes of the file that has this name.
/// Does not follow symbolic links. Skips files that disappear during the walk. At most three descriptors
/// are open at a time. Calls `look`, if it is not empty, at least every 64 entries, so that the caller can
/// end the walk: an error of `look` ends it. Errors: io if a directory cannot be read, or if a directory is
/// moved away during the walk; the errors of `look`.
Result<void> take_census(const std::string& directory,
                         const std::function<void(const platform::FileStatus&)>& found,
                         const std::function<Result<void>()>& look);

} // namespace skerry::wasi
