// Kernels for cores with MVE (lib/runtime/*mve*.h).

#include "lib/cost/call_facts.h"

namespace tinyc {
namespace {

void count_copies(Tally& t, std::int64_t calls, std::int64_t bytes) {
  t.add("mve.copy", calls);
  t.add("mve.copy_sixteen", calls * ceil_div(bytes, 16));
}

void count_clamp(const CallFacts& p, Tally& t, std::int64_t calls, std::int64_t elements) {
  if (!p.clamps()) return;
  t.add("mve.clamp", calls);
  t.add("mve.clamp_sixteen", ceil_div(elements, 16));
}

// mve_tile_s8.h
void count_tiles(const CallFacts& p, Tally& t, std::int64_t pairs, std::int64_t inputs, std::int64_t pixels) {
  const std::int64_t channels = p["out_channels"], groups = pairs * ceil_div(channels, 4), steps = ceil_div(inputs, 16);
  t.add("mve.step", groups * steps);
  t.add("mve.block", groups * ceil_div(steps, 4));
  t.add("mve.group", groups);
  t.add("mve.pair", pairs);
  t.add("mve.rest", channels % 4 ? pairs : 0);
  count_clamp(p, t, pairs, pixels * channels);
}

struct Plane {
  AxisCounts y, x;
  std::int64_t pairs, inside, height, width;
  explicit Plane(const CallFacts& p)
      : y(axis_counts(p["out_height"], p["in_height"], p["kernel_height"], p["stride_y"], std::max<std::int64_t>(1, p["dilation_y"]),
                      p["pad_top"])),
        x(axis_counts(p["out_width"], p["in_width"], p["kernel_width"], p["stride_x"], std::max<std::int64_t>(1, p["dilation_x"]),
                      p["pad_left"])),
        pairs(y.outputs * ceil_div(x.outputs, 2)), height(p["kernel_height"]), width(p["kernel_width"]) {
    // A last odd pixel stands for both.
    const bool last_whole = x.outputs % 2 == 1 && (x.outputs - 1) * p["stride_x"] - p["pad_left"] >= 0 &&
                            (x.outputs - 1) * p["stride_x"] - p["pad_left"] + (width - 1) * std::max<std::int64_t>(1, p["dilation_x"]) <
                                p["in_width"];
    inside = p["dilation_x"] > 1 ? 0 : y.whole * (x.whole_pairs + last_whole);
  }
};

}  // namespace

void count_conv2d_1x1_mve(const CallFacts& p, Tally& t) {
  const std::int64_t pairs = ceil_div(p["pixels"], 2), channels = p["in_channels"];
  t.add("conv_1x1_mve.call", 1);
  const bool together = channels % 16 == 0;
  count_copies(t, together ? pairs : 2 * pairs, together ? 2 * channels : channels);
  count_tiles(p, t, pairs, channels, p["pixels"]);
}

void count_conv2d_mve(const CallFacts& p, Tally& t) {
  const Plane w(p);
  const std::int64_t run = w.width * p["in_channels"], edge = 2 * (w.pairs - w.inside);
  const std::int64_t edge_rows = std::max<std::int64_t>(0, w.y.taps * 2 * ceil_div(w.x.outputs, 2) - 2 * w.inside * w.height);
  t.add("conv_mve.row", w.y.outputs);
  count_copies(t, 2 * w.inside * w.height, run);
  t.add("conv_mve.edge_pixel", edge);
  t.add("conv_mve.edge_column", edge * w.width);
  t.add("conv_mve.edge_row", edge * w.height);
  t.add("conv_mve.edge_copy", edge_rows);
  t.add("conv_mve.edge_sixteen", (edge * w.height + edge_rows) * ceil_div(run, 16));
  count_tiles(p, t, w.pairs, w.height * run, w.y.outputs * w.x.outputs);
}

void count_conv2d_1x1_shallow_mve(const CallFacts& p, Tally& t) {
  const std::int64_t pixels = p["pixels"], channels = p["out_channels"], strip = std::max<std::int64_t>(2, p["strip"]);
  const std::int64_t strips = ceil_div(pixels / 2 * 2, strip) + pixels % 2;
  t.add("shallow_mve.pixel", pixels);
  t.add("shallow_mve.strip", strips);
  t.add("shallow_mve.group", strips * ceil_div(channels, 4));
  t.add("shallow_mve.pair", ceil_div(pixels, 2) * ceil_div(channels, 4));
  t.add("shallow_mve.rest", channels % 4 ? strips : 0);
  count_clamp(p, t, strips, pixels * channels);
}

void count_conv2d_gather_mve(const CallFacts& p, Tally& t) {
  const Plane w(p);
  const std::int64_t taps = p["in_channels"] * w.height * w.width, eights = 2 * ceil_div(taps, 16), edge = 2 * (w.pairs - w.inside);
  t.add("gather_mve.call", 1);
  t.add("gather_mve.tap", taps);
  t.add("gather_mve.row", w.y.outputs);
  t.add("gather_mve.pair", w.inside);
  t.add("gather_mve.eight", w.inside * eights);
  t.add("gather_mve.edge", edge);
  t.add("gather_mve.edge_eight", edge * eights);
  count_tiles(p, t, w.pairs, taps, w.y.outputs * w.x.outputs);
}

void count_fully_connected_mve(const CallFacts& p, Tally& t) {
  const std::int64_t groups = ceil_div(p["outputs"], 8), steps = ceil_div(p["inputs"], 16);
  t.add("fc_mve.call", 1);
  t.add("fc_mve.step", groups * steps);
  t.add("fc_mve.block", groups * ceil_div(steps, 4));
  t.add("fc_mve.group", groups);
  t.add("fc_mve.rest", p["outputs"] % 8 ? 1 : 0);
  count_clamp(p, t, 1, p["outputs"]);
  if (p.call.kernel.ends_with("_padded_s8")) count_copies(t, 1, p["inputs"]);
}

void count_depthwise_3x3_mve(const CallFacts& p, Tally& t) {
  const std::int64_t channels = p["channels"], eights = ceil_div(channels, 8), rows = p["rows"], columns = p["columns"];
  const std::int64_t stride = p["stride"], ring = stride * ceil_div(columns, 4) * 4 + 2, lines = ceil_div(rows, 3 - stride);
  const std::int64_t inside = std::min(p["in_columns"], ring - p["pad_columns"]);
  const std::int64_t fetched = stride * rows + (stride == 1 ? 2 : 1) - p["pad_rows"];
  t.add("depthwise_mve.eight", eights);
  t.add("depthwise_mve.fill", eights * 2 * ring);
  t.add("depthwise_mve.fetch", eights * fetched);
  t.add(channels % 8 ? "depthwise_mve.some_column" : "depthwise_mve.column", eights * fetched * inside);
  t.add("depthwise_mve.line", eights * lines);
  t.add(stride == 1 ? "depthwise_mve.channel" : "depthwise_mve.channel_stride2", channels * lines);
  t.add(stride == 1 ? "depthwise_mve.block" : "depthwise_mve.block_stride2", channels * lines * ceil_div(columns, 4));
  count_clamp(p, t, 1, rows * columns * channels);
}

}  // namespace tinyc
