// Google Highway, configured for the vector instructions. Include this header before any header of Highway.
//
// Only Highway's headers are used, not its library. vm/exec/simd/targets.cpp chooses the SIMD target, once
// per engine.
#pragma once

// Highway compiles no code for the targets SSSE3 and AVX3. Vectors have only 16 bytes, so targets beyond AVX2
// gain little. EMU128, Highway's portable loops over lanes, is the SimdTarget "scalar", which exists for
// comparison with the other targets.
#define HWY_DISABLED_TARGETS (HWY_SSSE3 | HWY_AVX3 | HWY_AVX3_DL)
// A target uses only the instructions that its name implies. Without FMA instructions, the compiler cannot
// contract a multiplication and an addition, which would change the rounding.
#define HWY_DISABLE_BMI2_FMA
#define HWY_DISABLE_F16C
#define HWY_DISABLE_PCLMUL_AES
// Highway would disable EMU128 for GCC before 12.3, which vectorizes one of its multiplications incorrectly.
// vm/CMakeLists.txt turns vectorization off for these versions instead.
#define HWY_BROKEN_EMU128 0
// Highway's debug assertions would need its library.
#define HWY_IS_DEBUG_BUILD 0

#include "hwy/base.h"
#include "hwy/detect_targets.h"
