// Kernels that multiply weights with gathered inputs.

#include "lib/cost/call_facts.h"

namespace tinyc {
namespace {

struct Window {
  AxisCounts y, x;
  std::int64_t kernel_height, kernel_width;

  explicit Window(const CallFacts& p)
      : y(axis_counts(p["out_height"], p["in_height"], p["kernel_height"], p["stride_y"],
                      std::max<std::int64_t>(1, p["dilation_y"]), p["pad_top"])),
        x(axis_counts(p["out_width"], p["in_width"], width(p), p["stride_x"], std::max<std::int64_t>(1, p["dilation_x"]),
                      p["pad_left"])),
        kernel_height(p["kernel_height"]), kernel_width(width(p)) {}

  std::int64_t pixels() const { return y.outputs * x.outputs; }
  std::int64_t taps() const { return y.taps * x.taps; }  // inside the input, of all pixels

 private:
  static std::int64_t width(const CallFacts& p) { return p.find("kernel_width") ? p["kernel_width"] : 3; }
};

// tinyc_gather_patch, for every pixel of the pairs that are not wholly inside: rows of taps outside are filled, the taps inside
// copied one by one.
void count_border(const CallFacts& p, Tally& t, const Window& w, std::int64_t inside_pairs) {
  const std::int64_t channels = p["in_channels"], run = w.kernel_width * channels;
  const std::int64_t pixels = 2 * (w.y.outputs * ceil_div(w.x.outputs, 2) - inside_pairs);
  if (pixels == 0) return;
  const std::int64_t odd = w.x.outputs % 2 * w.y.outputs;  // a last odd pixel is gathered twice; about as the others
  const std::int64_t inside = 2 * inside_pairs, whole_taps = w.kernel_height * w.kernel_width;
  const std::int64_t taps = w.taps() + (odd ? odd * w.taps() / std::max<std::int64_t>(1, w.pixels()) : 0) - inside * whole_taps;
  const std::int64_t rows = (w.y.taps * (w.x.outputs + w.x.outputs % 2)) - inside * w.kernel_height;  // that lie inside
  const std::int64_t outside = pixels * w.kernel_height - rows;
  const std::int64_t partial = std::max<std::int64_t>(0, w.x.outputs - w.x.whole) * w.y.taps;
  t.add("border.pixel", pixels);
  t.add("border.column", pixels * w.kernel_width);
  t.add("border.row", rows);
  t.add("border.fill", outside + partial);
  t.add("border.fill_byte", (outside + partial) * run);
  t.add("border.tap", taps);
  t.add("border.tap_word", taps * (channels / 4));
  t.add("border.tap_byte", taps * (channels % 4));
}

// tinyc_widen_two
void count_widenings(Tally& t, std::int64_t calls, std::int64_t bytes, bool dsp) {
  t.add("widen.call", calls);
  t.add("widen.eight", calls * (dsp ? bytes / 8 : 0));
  t.add("widen.four", calls * (dsp ? bytes % 8 / 4 : bytes / 4));
}

// sparse_tile_s8.h: a group has 10 words besides its blocks, which are two words and a quarter of one.
void count_sparse_groups(const CallFacts& p, Tally& t, std::int64_t pairs, std::int64_t groups) {
  const Tensor* stream = p.table("weights");
  const std::int64_t words = stream ? static_cast<std::int64_t>(stream->bytes().size() / 4) : 0;
  const std::int64_t blocks = std::max<std::int64_t>(0, (words - 2 - 10 * groups) * 4 / 9);
  t.add("sparse.block", pairs * blocks);
  t.add("sparse.chunk", pairs * (blocks / 16 + groups));
  t.add("sparse.pair", pairs);
  t.add("sparse.rest", p["out_channels"] % 4 ? pairs : 0);
}

// packed_tile_s8.h, nibble_tile_s8.h and sparse_tile_s8.h: `flushes` strips of altogether `pairs` pairs of pixels.
void count_packed_tiles(const CallFacts& p, Tally& t, std::int64_t pairs, std::int64_t depth, std::int64_t flushes,
                        std::int64_t pixels) {
  const std::int64_t channels = p["out_channels"], groups = ceil_div(channels, 4);
  if (p.call.kernel.ends_with("_sparse_s8")) {
    count_sparse_groups(p, t, pairs, groups);
  } else {
    const bool nibble = p.call.kernel.ends_with("_nibble_s8");
    t.add(nibble ? "nibble.step" : "packed.step", pairs * groups * depth / 2);
    t.add(nibble ? "nibble.block" : "packed.block", pairs * groups * ceil_div(depth, 32));
    t.add(nibble ? "nibble.group" : "packed.group", pairs * groups);
    t.add(nibble ? "nibble.pair" : "packed.pair", pairs);
    t.add(nibble ? "nibble.rest" : "packed.rest", channels % 4 ? pairs : 0);
    t.add("nibble.sum", nibble ? pairs * depth / 2 : 0);
  }
  t.add("packed.flush", flushes);
  t.add("clamp.element", p.clamps() ? pixels * channels : 0);
}

// Strips end when they are full and around a last odd pixel of a row.
std::int64_t flushes_of(const CallFacts& p, const Window& w) {
  const std::int64_t pairs = w.y.outputs * ceil_div(w.x.outputs, 2);
  return pairs / std::max<std::int64_t>(1, p["strip"]) + (w.x.outputs % 2 ? 2 * w.y.outputs : 0) + 1;
}

// dense_s8.h, two vectors and one.
void count_dense_2(const CallFacts& p, Tally& t, std::int64_t calls, std::int64_t depth, std::int64_t channels) {
  const std::int64_t tiles = calls * (channels / 2), quads = p.dsp ? depth / 4 : 0;
  t.add("dense2.call", calls);
  t.add("dense2.tile", tiles);
  t.add("dense2.quad", tiles * quads);
  t.add("dense2.input", tiles * (depth - 4 * quads));
  t.add("dense2.odd_channel", calls * (channels % 2));
  t.add("dense2.odd_input", calls * (channels % 2) * depth);
}

void count_dense_1(const CallFacts& p, Tally& t, std::int64_t calls, std::int64_t depth, std::int64_t channels) {
  const std::int64_t fours = p.dsp ? channels / 4 : 0, twos = ceil_div(channels - 4 * fours, 2);
  t.add("dense1.call", calls);
  t.add("dense1.four", calls * fours);
  t.add("dense1.four_quad", calls * fours * (depth / 4));
  t.add("dense1.four_input", calls * fours * (depth % 4));
  t.add("dense1.two", calls * twos);
  t.add("dense1.two_input", calls * twos * depth);
}

// decode_weights_s8.h: the second byte of the table.
std::int64_t decoded_at_a_time(const CallFacts& p) {
  const Tensor* stream = p.table("weights");
  return stream && stream->bytes().size() > 1 ? std::max<std::int64_t>(1, std::to_integer<std::int64_t>(stream->bytes()[1])) : 1;
}

}  // namespace

void count_conv2d_packed(const CallFacts& p, Tally& t) {
  const Window w(p);
  const std::int64_t channels = p["in_channels"], run = w.kernel_width * channels;
  const std::int64_t depth = (w.kernel_height * run + 3) / 4 * 4;
  const std::int64_t pairs = w.y.outputs * ceil_div(w.x.outputs, 2);
  const std::int64_t inside = p["dilation_x"] == 1 ? w.y.whole * w.x.whole_pairs : 0, border = pairs - inside;
  t.add("conv_packed.call", 1);
  t.add("conv_packed.row", w.y.outputs);
  t.add("conv_packed.pair", pairs);
  if (run % 4 == 0) {
    t.add("conv_packed.word_row", inside * w.kernel_height);
    count_widenings(t, inside * w.kernel_height, run, p.dsp);
  } else {
    t.add("conv_packed.byte_row", inside * w.kernel_height);
    t.add("conv_packed.byte_row_word", inside * w.kernel_height * (run / 4));
    t.add("conv_packed.byte_row_byte", inside * w.kernel_height * (run % 4));
    count_widenings(t, inside, depth, p.dsp);
  }
  count_border(p, t, w, inside);
  count_widenings(t, border, depth, p.dsp);
  count_packed_tiles(p, t, pairs, depth, flushes_of(p, w), w.pixels());
}

void count_conv2d_1x1_packed(const CallFacts& p, Tally& t) {
  const std::int64_t pairs = ceil_div(p["pixels"], 2), depth = p["in_channels"];
  t.add("conv_1x1_packed.call", 1);
  t.add("conv_1x1_packed.pair", pairs);
  count_widenings(t, pairs, depth, p.dsp);
  count_packed_tiles(p, t, pairs, depth, p["pixels"] / 2 / std::max<std::int64_t>(1, p["strip"]) + 2, p["pixels"]);
}

void count_conv2d_planar_packed(const CallFacts& p, Tally& t) {
  const Window w(p);
  const std::int64_t rows = p["in_channels"] * w.kernel_height, words = (rows + (rows + 1) / 2 + 1) / 2 * 2;
  const std::int64_t pairs = w.y.outputs * ceil_div(w.x.outputs, 2);
  // A pair whose only padding is one column on the right is gathered like one inside, but in the last row.
  const std::int64_t last = (w.x.outputs - 1) * p["stride_x"] - p["pad_left"] + 3 - p["in_width"];
  const std::int64_t right = w.x.outputs % 2 == 0 && last == 1 && w.x.outputs > 2 ? 1 : 0;
  const std::int64_t whole = w.y.whole * w.x.whole_pairs, patched = w.y.whole * right, border = pairs - whole - patched;
  t.add("planar_packed.call", 1);
  t.add("planar_packed.row", w.y.outputs);
  t.add("planar_packed.pair", whole + patched);
  t.add(p["stride_x"] == 1 ? "planar_packed.inside" : "planar_packed.inside_stride2", (whole + patched) * rows);
  t.add("planar_packed.patched", patched * rows);
  t.add("planar_packed.border_pixel", 2 * border);
  t.add("planar_packed.border_row", 2 * border * rows);
  count_packed_tiles(p, t, pairs, 2 * words, flushes_of(p, w), w.pixels());
}

void count_fully_connected_packed(const CallFacts& p, Tally& t) {
  const std::int64_t rows = p["rows"], quads = ceil_div(p["inputs"], 4), groups = rows * ceil_div(p["outputs"], 8);
  const bool nibble = p.call.kernel.find("_nibble_") != std::string::npos;
  t.add(nibble ? "fc_nibble.quad" : "fc_packed.quad", groups * quads);
  t.add(nibble ? "fc_nibble.block" : "fc_packed.block", groups * ceil_div(quads, 4));
  t.add(nibble ? "fc_nibble.group" : "fc_packed.group", groups);
  t.add("fc_nibble.sum", nibble ? rows * quads : 0);
  t.add("fc_packed.row", rows);
  t.add("fc_packed.rest", p["outputs"] % 8 ? rows : 0);
  t.add("clamp.element", p.clamps() ? rows * p["outputs"] : 0);
  if (p.call.kernel.find("_padded_") == std::string::npos) return;
  t.add("fc_packed.padded_row", rows);
  t.add("fc_packed.padded_input", rows * p["inputs"]);
}

void count_conv2d(const CallFacts& p, Tally& t) {
  const Window w(p);
  // A group, or as many channels as are decoded at a time: the windows are gathered for each anew.
  const bool decoded = p.call.kernel.ends_with("_decoded_s8");
  const std::int64_t at_a_time = decoded ? decoded_at_a_time(p) : p["group_out_channels"];
  const std::int64_t groups = decoded ? ceil_div(p["out_channels"], at_a_time)
                                      : p["in_channels"] / std::max<std::int64_t>(1, p["group_in_channels"]);
  const std::int64_t depth = decoded ? p["in_channels"] : p["group_in_channels"], taps = w.taps() * groups, pixels = w.pixels() * groups;
  const bool packed = p["dilation_x"] == 1 && depth == p["in_channels"];
  t.add("decode.weight", decoded ? p["out_channels"] * w.kernel_height * w.kernel_width * depth : 0);
  const std::int64_t rows = w.y.taps * w.x.outputs * groups;  // of taps inside the input
  t.add("conv.pixel", pixels);
  t.add("conv.tap_row", rows);
  t.add("conv.tap_column", pixels * w.kernel_width);  // looking for the first and the last one inside
  t.add("conv.row", w.y.outputs * groups);
  t.add("conv.word", packed ? taps * depth / 4 : taps * (depth / 4));
  t.add("conv.byte", packed ? rows * ((w.kernel_width * depth) % 4) : taps * (depth % 4));
  t.add("conv.tap", packed ? 0 : taps);
  t.add("conv.fill", (pixels * w.kernel_height * w.kernel_width - taps) * depth);
  const std::int64_t channels = at_a_time;
  count_dense_2(p, t, w.y.outputs * (w.x.outputs / 2) * groups, w.kernel_height * w.kernel_width * depth, channels);
  count_dense_1(p, t, w.y.outputs * (w.x.outputs % 2) * groups, w.kernel_height * w.kernel_width * depth, channels);
}

void count_conv2d_1x1_decoded(const CallFacts& p, Tally& t) {
  const std::int64_t slices = ceil_div(p["out_channels"], decoded_at_a_time(p));
  t.add("decode.weight", p["out_channels"] * p["in_channels"]);
  t.add("conv_1x1.call", slices);
  count_dense_2(p, t, p["pixels"] / 2 * slices, p["in_channels"], decoded_at_a_time(p));
  count_dense_1(p, t, p["pixels"] % 2 * slices, p["in_channels"], decoded_at_a_time(p));
}

void count_conv2d_1x1(const CallFacts& p, Tally& t) {
  t.add("conv_1x1.call", 1);
  count_dense_2(p, t, p["pixels"] / 2, p["in_channels"], p["out_channels"]);
  count_dense_1(p, t, p["pixels"] % 2, p["in_channels"], p["out_channels"]);
}

void count_conv2d_planar(const CallFacts& p, Tally& t) {
  const Window w(p);
  const std::int64_t channels = p["in_channels"], depth = channels * w.kernel_height * w.kernel_width;
  t.add("planar.pixel", w.pixels());
  t.add("planar.row", w.pixels() * channels * w.kernel_height);
  t.add("planar.tap", w.pixels() * depth);
  t.add("planar.tap_inside", w.taps() * channels);
  count_dense_2(p, t, w.y.outputs * (w.x.outputs / 2), depth, p["out_channels"]);
  count_dense_1(p, t, w.y.outputs * (w.x.outputs % 2), depth, p["out_channels"]);
}

void count_fully_connected(const CallFacts& p, Tally& t) { count_dense_1(p, t, 1, p["inputs"], p["outputs"]); }

void count_depthwise(const CallFacts& p, Tally& t) {
  const Window w(p);
  const std::int64_t channels = p["channels"], pixels = w.pixels(), taps = w.taps();
  const bool three = w.kernel_height == 3 && w.kernel_width == 3;
  const std::int64_t unrolled = three ? w.y.whole * w.x.whole : 0;  // pixels
  const std::int64_t looped_rows = w.y.taps * w.x.outputs - 3 * unrolled, looped_taps = taps - 9 * unrolled;
  const std::int64_t spans = w.y.outputs * (w.x.outputs - std::max<std::int64_t>(0, w.x.whole - 1));
  const std::int64_t fours = p.dsp ? channels / 4 : 0, ones = channels - 4 * fours;
  t.add("depthwise.row", w.y.outputs);
  t.add("depthwise.span", spans);
  t.add("depthwise.span_column", spans * w.kernel_width);
  t.add("depthwise.pixel", pixels * ((fours > 0) + (ones > 0)));
  t.add("depthwise.four", pixels * fours);
  t.add("depthwise.four_3x3", unrolled * fours);
  t.add("depthwise.four_row", looped_rows * fours);
  t.add("depthwise.four_tap", looped_taps * fours);
  t.add("depthwise.one", pixels * ones);
  t.add("depthwise.one_3x3", unrolled * ones);
  t.add("depthwise.one_row", looped_rows * ones);
  t.add("depthwise.one_tap", looped_taps * ones);
}

namespace {

struct Sides {
  std::int64_t rows, columns, in_columns, pad_columns;
  explicit Sides(const CallFacts& p) {
    const bool swap = p["out_height"] > p["out_width"];
    rows = swap ? p["out_width"] : p["out_height"];
    columns = swap ? p["out_height"] : p["out_width"];
    in_columns = swap ? p["in_height"] : p["in_width"];
    pad_columns = swap ? p["pad_top"] : p["pad_left"];
  }
};

// depthwise_ring_s8.h
void count_ring(Tally& t, std::int64_t rows, std::int64_t padding_rows, std::int64_t pairs, const Sides& s) {
  const std::int64_t inside = std::min((s.in_columns - s.pad_columns) / 2, pairs - s.pad_columns);
  t.add("ring.row", rows);
  t.add("ring.pair", (rows - padding_rows) * inside);
  t.add("ring.odd_pair", (rows - padding_rows) * (inside % 2));
  t.add("ring.padding", (rows - padding_rows) * (pairs - inside) + padding_rows * pairs);
}

}  // namespace

void count_depthwise_3x3(const CallFacts& p, Tally& t) {
  const Sides s(p);
  const std::int64_t fours = p["channels"] / 4, runs = fours * ceil_div(s.rows, 2);
  t.add("depthwise_3x3.fours", fours);
  t.add("depthwise_3x3.run", runs);
  t.add("depthwise_3x3.window", runs * 4 * ceil_div(s.columns, 2));
  count_ring(t, fours * (2 * ceil_div(s.rows, 2) + 2), fours * 2, (s.columns + 3) / 2, s);
  t.add("clamp.element", p.clamps() ? p["out_height"] * p["out_width"] * p["channels"] : 0);
}

void count_depthwise_3x3_stride2(const CallFacts& p, Tally& t) {
  const Sides s(p);
  const std::int64_t fours = p["channels"] / 4, runs = fours * s.rows;
  t.add("depthwise_stride2.fours", fours);
  t.add("depthwise_stride2.run", runs);
  t.add("depthwise_stride2.output", runs * 4 * s.columns);
  t.add("depthwise_stride2.odd", s.columns % 2 ? runs * 4 : 0);
  count_ring(t, fours * (2 * s.rows + 1), fours, s.columns + 1, s);
  t.add("clamp.element", p.clamps() ? p["out_height"] * p["out_width"] * p["channels"] : 0);
}

}  // namespace tinyc
