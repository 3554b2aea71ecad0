// The DSP forms of the kernels of movement, pooling and mean, their instructions emulated, against the interpreter.
#include <catch2/catch.hpp>

#include <cstring>

#include "tests/lib/runtime/kernel_case.h"

#define __ARM_FEATURE_DSP 1
namespace dsp {
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
}  // namespace dsp

TEST_CASE("kernels of movement, pooling and mean equal the interpreter: dsp") {
  tinyc::check_movement_kernels({
      TINYC_KERNEL_ENTRY_INDEX(dsp, tinyc_arg_extreme_s8),
      TINYC_KERNEL_ENTRY(dsp, tinyc_average_pool_s8),
      TINYC_KERNEL_ENTRY_0(dsp, tinyc_copy_constant_bytes),
      TINYC_KERNEL_ENTRY(dsp, tinyc_copy_rows_bytes),
      TINYC_KERNEL_ENTRY(dsp, tinyc_gather_bytes),
      TINYC_KERNEL_ENTRY(dsp, tinyc_lp_pool_s8),
      TINYC_KERNEL_ENTRY(dsp, tinyc_max_pool_s8),
      TINYC_KERNEL_ENTRY(dsp, tinyc_pad_s8),
      TINYC_KERNEL_ENTRY(dsp, tinyc_pick_bytes),
      TINYC_KERNEL_ENTRY(dsp, tinyc_reduce_extreme_s8),
      TINYC_KERNEL_ENTRY(dsp, tinyc_reduce_mean_s8),
      TINYC_KERNEL_ENTRY(dsp, tinyc_reduce_table_s8),
      TINYC_KERNEL_ENTRY(dsp, tinyc_resize_linear_s8),
      TINYC_KERNEL_ENTRY(dsp, tinyc_transpose_s8),
  });
}
