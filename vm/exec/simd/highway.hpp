// Google Highway, configured for the vector instructions. Include this before any header of Highway.
//
// Only its headers are used. vm/exec/simd/targets.cpp chooses the target, once per engine.
#pragma once

// Wasm vectors have 16 bytes, so targets beyond AVX2 gain little. "Scalar" is EMU128: Highway's portable
// loops over lanes, for comparison with the other targets.
#define HWY_DISABLED_TARGETS (HWY_SSSE3 | HWY_AVX3 | HWY_AVX3_DL)
// A target uses only the instructions that its name implies. Without FMA the compiler cannot contract
// operations, which would change the rounding.
#define HWY_DISABLE_BMI2_FMA
#define HWY_DISABLE_F16C
#define HWY_DISABLE_PCLMUL_AES
// GCC before 12.3 vectorizes a multiplication of EMU128 incorrectly. With these versions the files are
// compiled without vectorization.
#define HWY_BROKEN_EMU128 0
// Debug assertions would need Highway's library.
#define HWY_IS_DEBUG_BUILD 0

#include "hwy/base.h"
#include "hwy/detect_targets.h"
