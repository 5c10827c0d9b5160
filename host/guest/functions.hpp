// Declarations of the host functions, from functions.def. Internal.
#pragma once

#include "host/guest/host_call.hpp"
#include "host/guest/host_error.hpp"

#include <cstdint>

/// A host function sets HostCall::meter.stop to end the guest's call. The result that the host function
/// returns is then ignored.
namespace skerry::host::functions {

using i32 = uint32_t;

#define SKERRY_HOST_PARAMETERS(...) (HostCall & call __VA_OPT__(, ) __VA_ARGS__)
#define SKERRY_HOST_GRANT(...)
#define SKERRY_HOST_ERROR(...)
#define SKERRY_HOST_FUNCTION(name, parameters, result, ...) result name SKERRY_HOST_PARAMETERS parameters;
#include "host/guest/functions.def"
#undef SKERRY_HOST_GRANT
#undef SKERRY_HOST_ERROR
#undef SKERRY_HOST_FUNCTION
#undef SKERRY_HOST_PARAMETERS

} // namespace skerry::host::functions
