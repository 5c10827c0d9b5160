// POSIX cannot tell which pages were written.
#include "vm/platform/written_pages.hpp"

namespace skerry::platform {

WrittenPages::WrittenPages() noexcept = default;

bool WrittenPages::find(std::span<const std::byte>, WrittenRegions&) const noexcept { return false; }

} // namespace skerry::platform
