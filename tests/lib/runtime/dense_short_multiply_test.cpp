// The dense kernels as on a core without a 32x32->64 multiply, against the interpreter.
#include <catch2/catch.hpp>

#include <cstring>

#include "tests/lib/runtime/kernel_case.h"

#define TINYC_NO_MUL_LONG
namespace short_multiply {
#include "lib/runtime/conv2d_1x1_decoded_s8.h"
#include "lib/runtime/conv2d_1x1_mve_s8.h"
#include "lib/runtime/conv2d_1x1_nibble_s8.h"
#include "lib/runtime/conv2d_1x1_packed_s8.h"
#include "lib/runtime/conv2d_1x1_s8.h"
#include "lib/runtime/conv2d_1x1_shallow_mve_s8.h"
#include "lib/runtime/conv2d_1x1_sparse_s8.h"
#include "lib/runtime/conv2d_1x1_triple_s8.h"
#include "lib/runtime/conv2d_decoded_s8.h"
#include "lib/runtime/conv2d_gather_mve_s8.h"
#include "lib/runtime/conv2d_mve_s8.h"
#include "lib/runtime/conv2d_nibble_s8.h"
#include "lib/runtime/conv2d_offset_triple_s8.h"
#include "lib/runtime/conv2d_packed_s8.h"
#include "lib/runtime/conv2d_planar_nibble_s8.h"
#include "lib/runtime/conv2d_planar_packed_s8.h"
#include "lib/runtime/conv2d_planar_s8.h"
#include "lib/runtime/conv2d_s8.h"
#include "lib/runtime/conv2d_sparse_s8.h"
#include "lib/runtime/conv2d_triple_s8.h"
#include "lib/runtime/depthwise_conv2d_3x3_mve_s8.h"
#include "lib/runtime/depthwise_conv2d_3x3_s8.h"
#include "lib/runtime/depthwise_conv2d_3x3_stride2_s8.h"
#include "lib/runtime/depthwise_conv2d_3x3_walk_s8.h"
#include "lib/runtime/depthwise_conv2d_3x3_walk_stride2_s8.h"
#include "lib/runtime/depthwise_conv2d_s8.h"
#include "lib/runtime/depthwise_conv2d_triple_s8.h"
#include "lib/runtime/fully_connected_mve_padded_s8.h"
#include "lib/runtime/fully_connected_mve_s8.h"
#include "lib/runtime/fully_connected_nibble_s8.h"
#include "lib/runtime/fully_connected_packed_s8.h"
#include "lib/runtime/fully_connected_padded_nibble_s8.h"
#include "lib/runtime/fully_connected_padded_s8.h"
#include "lib/runtime/fully_connected_quad_s8.h"
#include "lib/runtime/fully_connected_s8.h"
#include "lib/runtime/matmul_s8.h"
}  // namespace short_multiply

TEST_CASE("dense kernels equal the interpreter: short_multiply") {
  tinyc::check_dense_kernels({
      TINYC_KERNEL_ENTRY_SCRATCH(short_multiply, tinyc_conv2d_1x1_decoded_s8),
      TINYC_KERNEL_ENTRY_SCRATCH(short_multiply, tinyc_conv2d_decoded_s8),
      TINYC_KERNEL_ENTRY(short_multiply, tinyc_conv2d_1x1_s8),
      TINYC_KERNEL_ENTRY_SCRATCH(short_multiply, tinyc_conv2d_1x1_mve_s8),
      TINYC_KERNEL_ENTRY_SCRATCH(short_multiply, tinyc_conv2d_1x1_nibble_s8),
      TINYC_KERNEL_ENTRY_SCRATCH(short_multiply, tinyc_conv2d_1x1_packed_s8),
      TINYC_KERNEL_ENTRY_SCRATCH(short_multiply, tinyc_conv2d_1x1_shallow_mve_s8),
      TINYC_KERNEL_ENTRY_SCRATCH(short_multiply, tinyc_conv2d_1x1_sparse_s8),
      TINYC_KERNEL_ENTRY_SCRATCH(short_multiply, tinyc_conv2d_1x1_triple_s8),
      TINYC_KERNEL_ENTRY_SCRATCH(short_multiply, tinyc_conv2d_gather_mve_s8),
      TINYC_KERNEL_ENTRY_SCRATCH(short_multiply, tinyc_conv2d_mve_s8),
      TINYC_KERNEL_ENTRY_SCRATCH(short_multiply, tinyc_conv2d_nibble_s8),
      TINYC_KERNEL_ENTRY_SCRATCH(short_multiply, tinyc_conv2d_offset_triple_s8),
      TINYC_KERNEL_ENTRY_SCRATCH(short_multiply, tinyc_conv2d_packed_s8),
      TINYC_KERNEL_ENTRY_SCRATCH(short_multiply, tinyc_conv2d_planar_nibble_s8),
      TINYC_KERNEL_ENTRY_SCRATCH(short_multiply, tinyc_conv2d_planar_packed_s8),
      TINYC_KERNEL_ENTRY_SCRATCH(short_multiply, tinyc_conv2d_planar_s8),
      TINYC_KERNEL_ENTRY_SCRATCH(short_multiply, tinyc_conv2d_s8),
      TINYC_KERNEL_ENTRY_SCRATCH(short_multiply, tinyc_conv2d_sparse_s8),
      TINYC_KERNEL_ENTRY_SCRATCH(short_multiply, tinyc_conv2d_triple_s8),
      TINYC_KERNEL_ENTRY_SCRATCH(short_multiply, tinyc_depthwise_conv2d_3x3_mve_s8),
      TINYC_KERNEL_ENTRY_SCRATCH(short_multiply, tinyc_depthwise_conv2d_3x3_s8),
      TINYC_KERNEL_ENTRY_SCRATCH(short_multiply, tinyc_depthwise_conv2d_3x3_stride2_s8),
      TINYC_KERNEL_ENTRY_SCRATCH(short_multiply, tinyc_depthwise_conv2d_3x3_walk_s8),
      TINYC_KERNEL_ENTRY(short_multiply, tinyc_depthwise_conv2d_3x3_walk_stride2_s8),
      TINYC_KERNEL_ENTRY(short_multiply, tinyc_depthwise_conv2d_s8),
      TINYC_KERNEL_ENTRY_SCRATCH(short_multiply, tinyc_depthwise_conv2d_triple_s8),
      TINYC_KERNEL_ENTRY_SCRATCH(short_multiply, tinyc_fully_connected_mve_padded_s8),
      TINYC_KERNEL_ENTRY(short_multiply, tinyc_fully_connected_mve_s8),
      TINYC_KERNEL_ENTRY(short_multiply, tinyc_fully_connected_nibble_s8),
      TINYC_KERNEL_ENTRY(short_multiply, tinyc_fully_connected_packed_s8),
      TINYC_KERNEL_ENTRY_SCRATCH(short_multiply, tinyc_fully_connected_padded_nibble_s8),
      TINYC_KERNEL_ENTRY_SCRATCH(short_multiply, tinyc_fully_connected_padded_s8),
      TINYC_KERNEL_ENTRY(short_multiply, tinyc_fully_connected_quad_s8),
      TINYC_KERNEL_ENTRY(short_multiply, tinyc_fully_connected_s8),
      TINYC_KERNEL_ENTRY_2(short_multiply, tinyc_matmul_s8),
  });
}
