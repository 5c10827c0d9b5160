// The error numbers that host functions return, from functions.def. Internal.
#pragma once

#include <cstdint>

namespace skerry::host::functions {

#define SKERRY_HOST_GRANT(...)
#define SKERRY_HOST_ERROR(name, number, meaning) inline constexpr int32_t name = number;
#define SKERRY_HOST_FUNCTION(...)
#include "host/guest/functions.def"
#undef SKERRY_HOST_GRANT
#undef SKERRY_HOST_ERROR
#undef SKERRY_HOST_FUNCTION

} // namespace skerry::host::functions
