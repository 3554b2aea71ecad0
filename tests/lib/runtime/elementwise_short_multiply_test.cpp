// The element-wise kernels as on a core without a 32x32->64 multiply, against the interpreter.
#include <catch2/catch.hpp>

#include <cstring>

#include "tests/lib/runtime/kernel_case.h"

#define TINYC_NO_MUL_LONG
namespace short_multiply {
#include "lib/runtime/add_broadcast_s8.h"
#include "lib/runtime/add_constant_s8.h"
#include "lib/runtime/add_s8.h"
#include "lib/runtime/clip_s8.h"
#include "lib/runtime/div_constant_s8.h"
#include "lib/runtime/div_s8.h"
#include "lib/runtime/extreme_constant_s8.h"
#include "lib/runtime/extreme_s8.h"
#include "lib/runtime/log_softmax_s8.h"
#include "lib/runtime/lookup_table_s8.h"
#include "lib/runtime/mul_broadcast_s8.h"
#include "lib/runtime/mul_constant_s8.h"
#include "lib/runtime/mul_s8.h"
#include "lib/runtime/prelu_constant_s8.h"
#include "lib/runtime/prelu_s8.h"
#include "lib/runtime/requantize_s8.h"
#include "lib/runtime/softmax_s8.h"
}  // namespace short_multiply

TEST_CASE("element-wise kernels equal the interpreter: short_multiply") {
  tinyc::check_elementwise_kernels({
      TINYC_KERNEL_ENTRY_2(short_multiply, tinyc_add_broadcast_s8),
      TINYC_KERNEL_ENTRY(short_multiply, tinyc_add_constant_s8),
      TINYC_KERNEL_ENTRY_2(short_multiply, tinyc_add_s8),
      TINYC_KERNEL_ENTRY(short_multiply, tinyc_clip_s8),
      TINYC_KERNEL_ENTRY(short_multiply, tinyc_div_constant_s8),
      TINYC_KERNEL_ENTRY_2(short_multiply, tinyc_div_s8),
      TINYC_KERNEL_ENTRY(short_multiply, tinyc_extreme_constant_s8),
      TINYC_KERNEL_ENTRY_2(short_multiply, tinyc_extreme_s8),
      TINYC_KERNEL_ENTRY(short_multiply, tinyc_log_softmax_s8),
      TINYC_KERNEL_ENTRY(short_multiply, tinyc_lookup_table_s8),
      TINYC_KERNEL_ENTRY_2(short_multiply, tinyc_mul_broadcast_s8),
      TINYC_KERNEL_ENTRY(short_multiply, tinyc_mul_constant_s8),
      TINYC_KERNEL_ENTRY_2(short_multiply, tinyc_mul_s8),
      TINYC_KERNEL_ENTRY(short_multiply, tinyc_prelu_constant_s8),
      TINYC_KERNEL_ENTRY_2(short_multiply, tinyc_prelu_s8),
      TINYC_KERNEL_ENTRY(short_multiply, tinyc_requantize_s8),
      TINYC_KERNEL_ENTRY(short_multiply, tinyc_softmax_s8),
  });
}
