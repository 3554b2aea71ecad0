// The kernels of movement, pooling and mean without a long multiply, against the interpreter.
#include <catch2/catch.hpp>

#include <cstring>

#include "tests/lib/runtime/kernel_case.h"

#define TINYC_NO_MUL_LONG
namespace short_multiply {
#include "lib/runtime/arg_extreme_s8.h"
#include "lib/runtime/average_pool_s8.h"
#include "lib/runtime/copy_constant_bytes.h"
#include "lib/runtime/copy_rows_bytes.h"
#include "lib/runtime/gather_bytes.h"
#include "lib/runtime/lp_pool_s8.h"
#include "lib/runtime/max_pool_s8.h"
#include "lib/runtime/pad_s8.h"
#include "lib/runtime/pick_bytes.h"
#include "lib/runtime/reduce_extreme_s8.h"
#include "lib/runtime/reduce_mean_s8.h"
#include "lib/runtime/reduce_table_s8.h"
#include "lib/runtime/resize_linear_s8.h"
#include "lib/runtime/transpose_s8.h"
}  // namespace short_multiply

TEST_CASE("kernels of movement, pooling and mean equal the interpreter: no long multiply") {
  tinyc::check_movement_kernels({
      TINYC_KERNEL_ENTRY_INDEX(short_multiply, tinyc_arg_extreme_s8),
      TINYC_KERNEL_ENTRY(short_multiply, tinyc_average_pool_s8),
      TINYC_KERNEL_ENTRY_0(short_multiply, tinyc_copy_constant_bytes),
      TINYC_KERNEL_ENTRY(short_multiply, tinyc_copy_rows_bytes),
      TINYC_KERNEL_ENTRY(short_multiply, tinyc_gather_bytes),
      TINYC_KERNEL_ENTRY(short_multiply, tinyc_lp_pool_s8),
      TINYC_KERNEL_ENTRY(short_multiply, tinyc_max_pool_s8),
      TINYC_KERNEL_ENTRY(short_multiply, tinyc_pad_s8),
      TINYC_KERNEL_ENTRY(short_multiply, tinyc_pick_bytes),
      TINYC_KERNEL_ENTRY(short_multiply, tinyc_reduce_extreme_s8),
      TINYC_KERNEL_ENTRY(short_multiply, tinyc_reduce_mean_s8),
      TINYC_KERNEL_ENTRY(short_multiply, tinyc_reduce_table_s8),
      TINYC_KERNEL_ENTRY(short_multiply, tinyc_resize_linear_s8),
      TINYC_KERNEL_ENTRY(short_multiply, tinyc_transpose_s8),
  });
}
