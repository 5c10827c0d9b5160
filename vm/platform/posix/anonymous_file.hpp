// Files without a name, whose pages can be mapped several times.
#pragma once

#include "vm/platform/owned_fd.hpp"

namespace skerry::platform {

/// Makes an empty file. Returns an empty descriptor if the system has no such files or refuses.
OwnedFd make_anonymous_file() noexcept;
/// Makes the system refuse all later changes to the file.
void seal_anonymous_file(const OwnedFd& file) noexcept;

} // namespace skerry::platform
