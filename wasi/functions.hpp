// Declarations of the WASI functions, from functions.def. A function copies its input in, acts on the
// descriptor table or the path resolver, copies its results out, and returns an errno.
#pragma once

#include "wasi/call.hpp"

#include <cstdint>

namespace skerry::wasi::abi {

using i32 = uint32_t;
using i64 = uint64_t;

#define SKERRY_WASI_PARAMETERS(...) (Call & call __VA_OPT__(, ) __VA_ARGS__)
#define SKERRY_WASI(family, name, parameters, errors) Errno name SKERRY_WASI_PARAMETERS parameters;
#include "wasi/functions.def"
#undef SKERRY_WASI
#undef SKERRY_WASI_PARAMETERS

} // namespace skerry::wasi::abi
