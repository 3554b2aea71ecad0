#include "lib/cost/counts.h"

#include <array>

#include "lib/cost/call_facts.h"

namespace tinyc {
namespace {

using Counter = void (*)(const CallFacts& p, Tally& t);

struct KernelCounts {
  std::string_view kernel;
  WorkKind kind;
  Counter count;
};

// The elements of kernels over one axis, or over size0 .. size3.
std::int64_t elements(const CallFacts& p) {
  if (p.find("count")) return p["count"];
  return p["size0"] * p["size1"] * p["size2"] * p["size3"];
}

std::int64_t rows(const CallFacts& p) { return p["size0"] * p["size1"] * p["size2"]; }

// memcpy of `calls` runs: the library's copy goes by larger steps first.
void count_memcpy(Tally& t, std::int64_t calls, std::int64_t bytes) {
  t.add("memcpy.call", calls);
  t.add("memcpy.sixteen", calls * (bytes / 16));
  t.add("memcpy.word", calls * (bytes % 16 / 4));
  t.add("memcpy.byte", calls * (bytes % 4));
}

struct Pool {
  std::int64_t pixels, taps, tap_rows, quads, rest;
  explicit Pool(const CallFacts& p) {
    const AxisCounts y = axis_counts(p["out_height"], p["in_height"], p["kernel_height"], p["stride_y"], p["dilation_y"], p["pad_top"]);
    const AxisCounts x = axis_counts(p["out_width"], p["in_width"], p["kernel_width"], p["stride_x"], p["dilation_x"], p["pad_left"]);
    pixels = p["batches"] * y.outputs * x.outputs;
    taps = p["batches"] * y.taps * x.taps;
    tap_rows = p["batches"] * y.taps * x.outputs;
    quads = p["channels"] / 4;
    rest = p["channels"] % 4;
  }
};

void count_average_pool(const CallFacts& p, Tally& t) {
  const Pool pool(p);
  t.add("average_pool.pixel", pool.pixels);
  t.add("average_pool.four", pool.pixels * pool.quads);
  t.add("sums.four", pool.taps * pool.quads);
  t.add("average_pool.one", pool.pixels * pool.rest);
  t.add("sums.one", pool.taps * pool.rest);
}

void count_max_pool(const CallFacts& p, Tally& t) {
  const Pool pool(p);
  t.add("max_pool.pixel", pool.pixels);
  t.add("max_pool.four", pool.pixels * pool.quads);
  t.add("max_pool.four_row", pool.tap_rows * pool.quads);
  t.add("max_pool.four_tap", pool.taps * pool.quads);
  t.add("max_pool.one", pool.pixels * pool.rest);
  t.add("max_pool.one_row", pool.tap_rows * pool.rest);
  t.add("max_pool.one_tap", pool.taps * pool.rest);
}

void count_reduce_mean(const CallFacts& p, Tally& t) {
  const std::int64_t places = p["kept0"] * p["kept1"], quads = p["kept2"] / 4, rest = p["kept2"] % 4;
  t.add("reduce_mean.call", 1);
  t.add("reduce_mean.place", places);
  t.add("reduce_mean.four", places * quads);
  t.add("sums.four", places * quads * p["reduced0"] * p["reduced1"]);
  t.add("reduce_mean.one", places * rest);
  t.add("sums.one", places * rest * p["reduced0"] * p["reduced1"]);
}

void count_softmax(const CallFacts& p, Tally& t) {
  t.add("softmax.row", p["outer"] * p["inner"]);
  t.add("softmax.element", p["outer"] * p["inner"] * p["size"]);
}

void count_add(const CallFacts& p, Tally& t) {
  t.add("add.call", 1);
  const std::int64_t fours = p.dsp ? p["count"] / 4 : 0;
  t.add(p.clamps() ? "add.four_clamped" : "add.four", fours);
  t.add("add.element", p["count"] - 4 * fours);
}

void count_add_broadcast(const CallFacts& p, Tally& t) {
  t.add("add_broadcast.row", rows(p));
  t.add("add_broadcast.element", elements(p));
}

void count_mul(const CallFacts& p, Tally& t) {
  t.add("mul.call", 1);
  t.add("mul.element", elements(p));
}

void count_mul_broadcast(const CallFacts& p, Tally& t) {
  t.add("mul_broadcast.row", rows(p));
  t.add("mul_broadcast.element", elements(p));
}

void count_requantize(const CallFacts& p, Tally& t) {
  t.add("requantize.call", 1);
  t.add("requantize.element", p["count"]);
}

void count_lookup(const CallFacts& p, Tally& t) {
  t.add("lookup.call", 1);
  t.add("lookup.element", p["count"]);
}

void count_copy_rows(const CallFacts& p, Tally& t) {
  t.add("copy_rows.call", 1);
  count_memcpy(t, p["rows"], p["row_bytes"]);
}

void count_pick(const CallFacts& p, Tally& t) {
  const std::int64_t runs = p["outer"] * p["count"];
  t.add("pick.outer", p["outer"]);
  if (p["run_bytes"] == 1)
    t.add("pick.byte", runs);
  else
    count_memcpy(t, runs, p["run_bytes"]);
}

void count_pad(const CallFacts& p, Tally& t) {
  t.add("pad.fill", p["out_bytes"]);
  t.add("pad.plane", p["size0"] * p["size1"]);
  count_memcpy(t, p["size0"] * p["size1"] * p["size2"], p["row_bytes"]);
}

void count_transpose(const CallFacts& p, Tally& t) {
  const std::int64_t runs = rows(p) * p["size3"];
  t.add("transpose.row", rows(p));
  if (p["stride4"] == 1) {
    count_memcpy(t, runs, p["size4"]);
  } else {
    t.add("transpose.run", runs);
    t.add("transpose.element", runs * p["size4"]);
  }
}

void count_matmul(const CallFacts& p, Tally& t) {
  const std::int64_t matrices = p["batches0"] * p["batches1"], tiles = matrices * p["rows"] * ceil_div(p["columns"], 2);
  t.add("matmul.row", matrices * p["rows"]);
  t.add("matmul.tile", tiles);
  t.add("matmul.step", tiles * p["depth"]);
}

void count_resize_linear(const CallFacts& p, Tally& t) {
  const std::int64_t pixels = p["batches"] * p["out_height"] * p["out_width"];
  t.add("resize_linear.pixel", pixels);
  t.add("resize_linear.element", pixels * p["channels"]);
}

void count_gather(const CallFacts& p, Tally& t) {
  t.add("gather.row", p["size0"] * p["size1"]);
  count_memcpy(t, p["size0"] * p["size1"] * p["size2"], p["run_bytes"]);
}

void count_clip(const CallFacts& p, Tally& t) {
  t.add("clip.call", 1);
  t.add("clip.element", p["count"]);
}

void count_copy_constant(const CallFacts& p, Tally& t) {
  t.add("copy_constant.call", 1);
  count_memcpy(t, p["rows"], p["row_bytes"]);
}

void count_quantize(const CallFacts& p, Tally& t) { t.add("quantize.element", p["count"]); }
void count_dequantize(const CallFacts& p, Tally& t) { t.add("dequantize.element", p["count"]); }

constexpr std::array kernels{
    KernelCounts{"tinyc_conv2d_packed_s8", WorkKind::dense, count_conv2d_packed},
    KernelCounts{"tinyc_conv2d_1x1_packed_s8", WorkKind::dense, count_conv2d_1x1_packed},
    KernelCounts{"tinyc_conv2d_planar_packed_s8", WorkKind::dense, count_conv2d_planar_packed},
    KernelCounts{"tinyc_fully_connected_packed_s8", WorkKind::dense, count_fully_connected_packed},
    KernelCounts{"tinyc_fully_connected_padded_s8", WorkKind::dense, count_fully_connected_packed},
    KernelCounts{"tinyc_conv2d_sparse_s8", WorkKind::dense, count_conv2d_packed},
    KernelCounts{"tinyc_conv2d_1x1_sparse_s8", WorkKind::dense, count_conv2d_1x1_packed},
    KernelCounts{"tinyc_conv2d_nibble_s8", WorkKind::dense, count_conv2d_packed},
    KernelCounts{"tinyc_conv2d_1x1_nibble_s8", WorkKind::dense, count_conv2d_1x1_packed},
    KernelCounts{"tinyc_conv2d_planar_nibble_s8", WorkKind::dense, count_conv2d_planar_packed},
    KernelCounts{"tinyc_fully_connected_nibble_s8", WorkKind::dense, count_fully_connected_packed},
    KernelCounts{"tinyc_fully_connected_padded_nibble_s8", WorkKind::dense, count_fully_connected_packed},
    KernelCounts{"tinyc_conv2d_mve_s8", WorkKind::dense, count_conv2d_mve},
    KernelCounts{"tinyc_conv2d_1x1_mve_s8", WorkKind::dense, count_conv2d_1x1_mve},
    KernelCounts{"tinyc_conv2d_gather_mve_s8", WorkKind::dense, count_conv2d_gather_mve},
    KernelCounts{"tinyc_conv2d_1x1_shallow_mve_s8", WorkKind::dense, count_conv2d_1x1_shallow_mve},
    KernelCounts{"tinyc_depthwise_conv2d_triple_s8", WorkKind::other, count_depthwise_triple},
    KernelCounts{"tinyc_conv2d_decoded_s8", WorkKind::dense, count_conv2d},
    KernelCounts{"tinyc_conv2d_1x1_decoded_s8", WorkKind::dense, count_conv2d_1x1_decoded},
    KernelCounts{"tinyc_fully_connected_mve_s8", WorkKind::dense, count_fully_connected_mve},
    KernelCounts{"tinyc_fully_connected_mve_padded_s8", WorkKind::dense, count_fully_connected_mve},
    KernelCounts{"tinyc_depthwise_conv2d_3x3_mve_s8", WorkKind::other, count_depthwise_3x3_mve},
    KernelCounts{"tinyc_conv2d_winograd_s8", WorkKind::dense, count_conv2d_winograd},
    KernelCounts{"tinyc_conv2d_triple_s8", WorkKind::dense, count_conv2d_triple},
    KernelCounts{"tinyc_conv2d_1x1_triple_s8", WorkKind::dense, count_conv2d_1x1_triple},
    KernelCounts{"tinyc_conv2d_offset_triple_s8", WorkKind::dense, count_conv2d_offset_triple},
    KernelCounts{"tinyc_fully_connected_quad_s8", WorkKind::dense, count_fully_connected_quad},
    KernelCounts{"tinyc_depthwise_conv2d_3x3_walk_s8", WorkKind::other, count_depthwise_walk},
    KernelCounts{"tinyc_depthwise_conv2d_3x3_walk_stride2_s8", WorkKind::other, count_depthwise_walk_stride2},
    KernelCounts{"tinyc_conv2d_s8", WorkKind::dense, count_conv2d},
    KernelCounts{"tinyc_conv2d_1x1_s8", WorkKind::dense, count_conv2d_1x1},
    KernelCounts{"tinyc_conv2d_planar_s8", WorkKind::dense, count_conv2d_planar},
    KernelCounts{"tinyc_fully_connected_s8", WorkKind::dense, count_fully_connected},
    KernelCounts{"tinyc_matmul_s8", WorkKind::dense, count_matmul},
    KernelCounts{"tinyc_depthwise_conv2d_s8", WorkKind::other, count_depthwise},
    KernelCounts{"tinyc_depthwise_conv2d_3x3_s8", WorkKind::other, count_depthwise_3x3},
    KernelCounts{"tinyc_depthwise_conv2d_3x3_stride2_s8", WorkKind::other, count_depthwise_3x3_stride2},
    KernelCounts{"tinyc_average_pool_s8", WorkKind::other, count_average_pool},
    KernelCounts{"tinyc_max_pool_s8", WorkKind::other, count_max_pool},
    KernelCounts{"tinyc_reduce_mean_s8", WorkKind::other, count_reduce_mean},
    KernelCounts{"tinyc_softmax_s8", WorkKind::other, count_softmax},
    KernelCounts{"tinyc_add_s8", WorkKind::other, count_add},
    KernelCounts{"tinyc_add_broadcast_s8", WorkKind::other, count_add_broadcast},
    KernelCounts{"tinyc_add_constant_s8", WorkKind::other, count_add_broadcast},
    KernelCounts{"tinyc_mul_s8", WorkKind::other, count_mul},
    KernelCounts{"tinyc_mul_broadcast_s8", WorkKind::other, count_mul_broadcast},
    KernelCounts{"tinyc_mul_constant_s8", WorkKind::other, count_mul_broadcast},
    KernelCounts{"tinyc_requantize_s8", WorkKind::other, count_requantize},
    KernelCounts{"tinyc_lookup_table_s8", WorkKind::other, count_lookup},
    KernelCounts{"tinyc_copy_rows_bytes", WorkKind::other, count_copy_rows},
    KernelCounts{"tinyc_clip_s8", WorkKind::other, count_clip},
    KernelCounts{"tinyc_copy_constant_bytes", WorkKind::other, count_copy_constant},
    KernelCounts{"tinyc_pick_bytes", WorkKind::other, count_pick},
    KernelCounts{"tinyc_pad_s8", WorkKind::other, count_pad},
    KernelCounts{"tinyc_transpose_s8", WorkKind::other, count_transpose},
    KernelCounts{"tinyc_resize_linear_s8", WorkKind::other, count_resize_linear},
    KernelCounts{"tinyc_gather_bytes", WorkKind::other, count_gather},
    KernelCounts{"tinyc_quantize_f32_s8", WorkKind::other, count_quantize},
    KernelCounts{"tinyc_dequantize_s8_f32", WorkKind::other, count_dequantize},
};

}  // namespace

std::optional<CallCounts> count_call(const KernelCall& call, bool dsp) {
  const auto found = std::find_if(kernels.begin(), kernels.end(), [&](const KernelCounts& k) { return k.kernel == call.kernel; });
  if (found == kernels.end()) return std::nullopt;
  CallCounts result{.kind = found->kind, .counts = {}};
  Tally tally(result);
  found->count({call, dsp}, tally);
  return result;
}

}  // namespace tinyc
