// Google Highway as the vector instructions use it. Include it before anything of Highway.
//
// Only its headers are used: the target is chosen by vm/exec/simd/targets.cpp, once per engine.
#pragma once

// Vectors of wasm have 16 bytes, for which targets beyond AVX2 gain little. "Scalar" is EMU128: Highway's
// portable loops over lanes, to compare the others with.
#define HWY_DISABLED_TARGETS (HWY_SSSE3 | HWY_AVX3 | HWY_AVX3_DL)
// What a target may use is what its name says. Without FMA nothing can be contracted, which would round
// differently.
#define HWY_DISABLE_BMI2_FMA
#define HWY_DISABLE_F16C
#define HWY_DISABLE_PCLMUL_AES
// GCC before 12.3 vectorizes a multiplication of EMU128 wrongly: these files are compiled without
// vectorization there.
#define HWY_BROKEN_EMU128 0
// Debug assertions would need Highway's library.
#define HWY_IS_DEBUG_BUILD 0

#include "hwy/base.h"
#include "hwy/detect_targets.h"
