// Kernels for cores that multiply 32 bits by 32 bits and nothing else (M0+, M3): lib/runtime/*triple*.h, *quad*.h, *walk*.h. And
// Winograd's convolution for cores with SMLAD.

#include "lib/cost/call_facts.h"

namespace tinyc {
namespace {

void count_clamp(const CallFacts& p, Tally& t, std::int64_t elements) { t.add("clamp.element", p.clamps() ? elements : 0); }

// triple_tile_s8.h: groups of three output channels, then of two.
void count_triple_tiles(const CallFacts& p, Tally& t, std::int64_t pixels) {
  const std::int64_t triples = ceil_div(pixels, 3), runs = p["runs"], quads = runs * p["run"] / 4;
  std::int64_t channels = p["out_channels"], threes = 0, twos = 0;
  for (; channels > 4 || channels == 3; channels -= 3) ++threes;
  for (; channels > 0; channels -= 2) ++twos;
  t.add("triple.call", 1);
  t.add("triple.tile", triples);
  t.add("triple.three", triples * threes);
  t.add("triple.three_quad", triples * threes * quads);
  t.add("triple.three_run", triples * threes * (runs - 1));
  t.add("triple.two", triples * twos);
  t.add("triple.two_quad", triples * twos * quads);
  t.add("triple.two_run", triples * twos * (runs - 1));
  count_clamp(p, t, pixels * p["out_channels"]);
}

// tinyc_triple_append, `calls` of `inputs` each.
void count_appends(Tally& t, std::int64_t calls, std::int64_t inputs) {
  const std::int64_t fours = inputs % 4 == 0 ? inputs / 4 : std::max<std::int64_t>(0, inputs - 3) / 4;
  t.add("triple.append", calls);
  t.add("triple.append_four", calls * fours);
  t.add("triple.append_one", calls * (inputs - 4 * fours));
}

void count_filling(const CallFacts& p, Tally& t, std::int64_t triples, std::int64_t depth) {
  t.add("triple.fill", triples * std::max<std::int64_t>(0, p["runs"] * p["run"] - depth));
}

// Of three outputs in a row, how many triples have all windows inside the input.
std::int64_t whole_triples(const CallFacts& p, std::int64_t extent_y, std::int64_t extent_x) {
  const std::int64_t width = p["out_width"], count = p["out_height"] * width;
  const auto inside = [&](std::int64_t output) {
    const std::int64_t y = output / width * p["stride_y"] - p["pad_top"], x = output % width * p["stride_x"] - p["pad_left"];
    return y >= 0 && x >= 0 && y + extent_y <= p["in_height"] && x + extent_x <= p["in_width"];
  };
  std::int64_t whole = 0;
  for (std::int64_t first = 0; first < count; first += 3)
    whole += inside(first) && inside(std::min(first + 1, count - 1)) && inside(std::min(first + 2, count - 1));
  return whole;
}

}  // namespace

void count_conv2d_1x1_triple(const CallFacts& p, Tally& t) {
  const std::int64_t triples = ceil_div(p["pixels"], 3);
  count_appends(t, triples, p["in_channels"]);
  count_filling(p, t, triples, p["in_channels"]);
  count_triple_tiles(p, t, p["pixels"]);
}

void count_conv2d_triple(const CallFacts& p, Tally& t) {
  const std::int64_t pixels = p["out_height"] * p["out_width"], triples = ceil_div(pixels, 3), height = p["kernel_height"];
  const std::int64_t width = p["kernel_width"], channels = p["in_channels"];
  const std::int64_t whole =
      p["dilation_x"] > 1 ? 0 : whole_triples(p, (height - 1) * p["dilation_y"] + 1, width);
  const std::int64_t border = triples - whole;
  t.add("triple.window", triples);
  if (p["runs"] == 1 && width * channels % 4 == 0) {
    t.add("triple.gather", whole);
    t.add("triple.gather_row", whole * height);
    t.add("triple.append_four", whole * height * width * channels / 4);
  } else {
    count_appends(t, whole * height, width * channels);
  }
  t.add("triple.border_tap", border * height * width);
  count_appends(t, border * height * width, channels);
  count_filling(p, t, triples, height * width * channels);
  count_triple_tiles(p, t, pixels);
}

void count_conv2d_offset_triple(const CallFacts& p, Tally& t) {
  const std::int64_t pixels = p["out_height"] * p["out_width"], triples = ceil_div(pixels, 3), depth = p["depth"];
  const std::int64_t whole = whole_triples(p, p["extent_y"], p["extent_x"]);
  t.add("triple.window", triples);
  t.add("triple.gather_run", whole * p["runs"]);
  t.add("triple.gather_four", whole * p["runs"] * p["run"] / 4);
  t.add("triple.border_input", 3 * (triples - whole) * depth);
  count_appends(t, triples - whole, depth);
  count_triple_tiles(p, t, pixels);
}

void count_fully_connected_quad(const CallFacts& p, Tally& t) {
  const std::int64_t groups = p["rows"] * ceil_div(p["outputs"], 4);
  t.add("quad.row", p["rows"]);
  t.add("quad.input", p["rows"] * p["inputs"]);
  t.add("quad.group", groups);
  t.add("quad.mac", groups * p["inputs"]);
  t.add("quad.output", p["rows"] * p["outputs"]);
}

void count_depthwise_walk(const CallFacts& p, Tally& t) {
  const bool same = p["in_width"] == p["out_width"] && p["in_height"] == p["out_height"];
  const bool swapped = same && p["in_height"] > p["in_width"];
  const std::int64_t channels = p["channels"], lines = swapped ? p["out_width"] : p["out_height"];
  const std::int64_t columns = swapped ? p["in_height"] : p["in_width"];
  t.add("walk.channel", channels);
  t.add("walk.fill", channels * columns);
  t.add("walk.line", channels * lines);
  t.add("walk.column", channels * lines * columns);
  count_clamp(p, t, p["out_height"] * p["out_width"] * channels);
}

void count_depthwise_walk_stride2(const CallFacts& p, Tally& t) {
  const std::int64_t channels = p["channels"], lines = p["out_height"];
  t.add("walk_stride2.channel", channels * std::min<std::int64_t>(2, lines));
  t.add("walk_stride2.line", channels * lines);
  t.add("walk_stride2.output", channels * lines * p["out_width"]);
  count_clamp(p, t, p["out_height"] * p["out_width"] * channels);
}

void count_depthwise_triple(const CallFacts& p, Tally& t) {
  const std::int64_t channels = p["channels"], rows = channels * p["out_height"], triples = rows * ceil_div(p["out_width"], 3);
  const std::int64_t parts = p["kernel_height"] * p["parts"];
  const std::int64_t packed = (p["out_height"] - 1) * std::min(p["stride_y"], p["kernel_height"]) + p["kernel_height"];
  t.add("fir.channel", channels);
  t.add("fir.weight", channels * parts * p["part"]);
  t.add("fir.packed_row", channels * packed);
  t.add("fir.packed_column", channels * packed * p["columns"]);
  t.add("fir.row", rows * (p["out_width"] % 3 ? 2 : 1));
  t.add("fir.row_part", rows * parts);
  t.add("fir.triple", triples);
  t.add("fir.part", triples * parts);
  t.add("fir.tap", triples * parts * p["part"]);
  count_clamp(p, t, p["out_height"] * p["out_width"] * channels);
}

void count_conv2d_winograd(const CallFacts& p, Tally& t) {
  const std::int64_t rows = ceil_div(p["out_height"], 2), tiles = rows * ceil_div(p["out_width"], 4), fours = p["out_channels"] / 4;
  t.add("winograd.tile", tiles);
  t.add("winograd.transform", tiles * p["in_channels"] / 4);
  t.add("winograd.group", tiles * fours);
  t.add("winograd.product", tiles * fours * p["in_channels"] / 2);
  t.add("winograd.block", tiles * fours * ceil_div(p["in_channels"] / 2, 8));
  t.add("winograd.result", rows * ceil_div(p["out_width"], 2) * fours);
  count_clamp(p, t, p["out_height"] * p["out_width"] * p["out_channels"]);
}

}  // namespace tinyc
