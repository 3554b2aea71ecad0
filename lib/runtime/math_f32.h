#ifndef TINYC_RUNTIME_MATH_F32_H
#define TINYC_RUNTIME_MATH_F32_H
/* Kernels that call the C library's functions of single precision include this. */

#include <math.h>

#include "lib/runtime/common_f32.h"

#endif
