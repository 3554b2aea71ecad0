#include <algorithm>

#include "lib/ops/checks.h"
#include "lib/ops/conv2d.h"
#include "lib/ops/dense.h"
#include "lib/ops/ops.h"
#include "lib/ops/packed_weights.h"
#include "lib/ops/triple_weights.h"
#include "lib/ops/window.h"

namespace tinyc::ops {
namespace {

Shape channels_last(const Shape& x) { return Shape{x[0], x[2], x[3], x[1]}; }

Tensor channels_last(const Tensor& x) {
  const Shape& shape = x.shape();
  const std::int64_t channels = shape[1], pixels = shape[2] * shape[3];
  const auto size = static_cast<std::int64_t>(size_of(x.dtype()));
  Tensor result(x.dtype(), channels_last(shape));
  const std::byte* from = x.bytes().data();
  std::byte* to = result.mutable_bytes().data();
  for (std::int64_t n = 0; n < shape[0]; ++n)
    for (std::int64_t pixel = 0; pixel < pixels; ++pixel)
      for (std::int64_t c = 0; c < channels; ++c, to += size)
        std::copy_n(from + ((n * channels + c) * pixels + pixel) * size, size, to);
  return result;
}

// The same convolution of the transposed input.
class AsConv2d {
 public:
  explicit AsConv2d(const NodeView& node) {
    Type x = node.operand(0);
    x.shape = channels_last(x.shape);
    std::vector<ValueId> operands{graph_.add_input("x", std::move(x))};
    for (int i = 1; i < node.operand_count(); ++i) {
      const Value* value = node.operands[static_cast<std::size_t>(i)];
      if (!value) operands.push_back({});
      else if (value->is_constant()) operands.push_back(graph_.add_constant("constant", value->constant(), value->type().quantization));
      else operands.push_back(graph_.add_input("operand", value->type()));
    }
    const Type result = node.results.empty() ? Type{} : node.result();
    node_ = graph_.add_node(*find_op(all_ops(), "conv2d"), node.name, std::move(operands), node.attributes, {result});
  }

  NodeView node() const { return view(graph_, node_); }

 private:
  Graph graph_;
  NodeId node_;
};

Result<std::vector<Type>> infer(const NodeView& node) {
  if (!node.has(0) || node.operand(0).shape.rank() != 4)
    return node.error("TC4011", "conv2d_planar takes an input of rank 4");
  const AsConv2d same(node);
  return same.node().op.infer(same.node());
}

Status evaluate(const NodeView& node, std::span<const Tensor* const> in, std::span<Tensor> out, EvalFn eval) {
  const Tensor x = channels_last(*in[0]);
  std::vector<const Tensor*> operands(in.begin(), in.end());
  operands.front() = &x;
  return eval(node, operands, out);
}

Status eval_float(const NodeView& node, std::span<const Tensor* const> in, std::span<Tensor> out) {
  const AsConv2d same(node);
  return evaluate(same.node(), in, out, *same.node().op.eval_float);
}

Status eval_int8(const NodeView& node, std::span<const Tensor* const> in, std::span<Tensor> out) {
  const AsConv2d same(node);
  return evaluate(same.node(), in, out, *same.node().op.eval_int8);
}

Work work(const NodeView& node) {
  const AsConv2d same(node);
  return same.node().op.work(same.node());
}

// Weights [outputs,KH,KW,C] as [outputs, depth], tap (channel, row, column) at the place that `place` gives it.
template <class Place>
std::vector<std::int8_t> reordered(const Tensor& weights, std::int64_t depth, Place place) {
  const Shape& s = weights.shape();
  const auto from = weights.data<std::int8_t>();
  std::vector<std::int8_t> to(static_cast<std::size_t>(s[0] * depth), 0);
  std::size_t i = 0;
  for (std::int64_t o = 0; o < s[0]; ++o)
    for (std::int64_t y = 0; y < s[1]; ++y)
      for (std::int64_t x = 0; x < s[2]; ++x)
        for (std::int64_t c = 0; c < s[3]; ++c) to[static_cast<std::size_t>(o * depth + place(c, y, x))] = from[i++];
  return to;
}

// In the order channel, row, column.
std::vector<std::int8_t> rows_of_planes(const Tensor& weights) {
  const std::int64_t height = weights.shape()[1], width = weights.shape()[2];
  return reordered(weights, weights.shape()[3] * height * width, [&](std::int64_t c, std::int64_t y, std::int64_t x) {
    return (c * height + y) * width + x;
  });
}

KernelCall call_of(const NodeView& node, const Window2d& window, std::string kernel, std::string reason) {
  const Shape &x = node.operand(0).shape, &y = node.result().shape;
  KernelCall call{.kernel = std::move(kernel), .inputs = {node.operand_ids[0]}, .outputs = {node.result_ids[0]}};
  call.reason = std::move(reason);
  call.params = {{"in_height", x[2]}, {"in_width", x[3]}, {"in_channels", x[1]},
                 {"out_height", y[1]}, {"out_width", y[2]}, {"out_channels", y[3]}, {"kernel_height", window[0].kernel}};
  return call;
}

void append_window(const NodeView& node, const Window2d& window, std::vector<KernelParam>& params) {
  params.insert(params.end(), {{"stride_y", window[0].stride}, {"stride_x", window[1].stride},
                               {"pad_top", window[0].pad_before}, {"pad_left", window[1].pad_before},
                               {"in_zero_point", node.operand(0).quantization->zero_point.front()}});
}

// For cores with SMLAD: the outer taps of each row make a word, then the middle taps of two rows
// (conv2d_planar_packed_s8.h). Halfword h of word j holds tap 4 * (j / 2) + j % 2 + 2 * h of the stream's order.
std::optional<KernelCall> lower_packed(const NodeView& node, const Window2d& window, Objective objective) {
  const std::int64_t channels = node.operand(0).shape[1], height = window[0].kernel, rows = channels * height;
  const std::int64_t words = (rows + (rows + 1) / 2 + 1) / 2 * 2;
  if (window[1].kernel != 3 || window[1].stride > 2) return std::nullopt;
  const std::vector<std::int8_t> weights =
      reordered(*node.constant(1), 2 * words, [&](std::int64_t c, std::int64_t y, std::int64_t x) {
        const std::int64_t row = c * height + y, word = x == 1 ? rows + row / 2 : row, half = x == 1 ? row % 2 : x / 2;
        return 4 * (word / 2) + word % 2 + 2 * half;
      });
  auto stream = pack_weights(node, weights, node.result().shape[3], 4, objective);
  if (!stream) return std::nullopt;
  KernelCall call = call_of(node, window, "tinyc_conv2d_planar_" + stream->kind + "_s8",
                            "planar input, " + stream->reason + ", two pixels at a time");
  append_window(node, window, call.params);
  const StoredClamp clamp = stored_clamp(node);
  call.params.insert(call.params.end(), {{"weights", Table{std::move(stream->table)}},
                                         {"zero_point", node.result().quantization->zero_point.front()},
                                         {"clamp_low", clamp.low}, {"clamp_high", clamp.high}, {"strip", strip_of(2 * words, objective)}});
  call.scratch = Bytes(8 * words * strip_of(2 * words, objective) + 4 * rows);
  const Shape& y = node.result().shape;
  call.in_place_input = 0;  // the other planes lie behind the first
  call.lead = lead_of_rows(window[0], y[1], y[2] * y[3], node.operand(0).shape[3]);
  return call;
}

// For cores without SMLAD: of few inputs, since a list says where they lie.
std::optional<KernelCall> lower_triples(const NodeView& node, const Window2d& window) {
  const Shape &x = node.operand(0).shape, &y = node.result().shape;
  if (window[0].kernel > 127 || window[1].kernel > 127 || x[1] > 127) return std::nullopt;
  auto weights = triple_weights(node, rows_of_planes(*node.constant(1)), y[3]);
  if (!weights) return std::nullopt;
  std::vector<Tap> taps;
  for (std::int64_t c = 0; c < x[1]; ++c)
    for (std::int64_t row = 0; row < window[0].kernel; ++row)
      for (std::int64_t column = 0; column < window[1].kernel; ++column) taps.push_back({row, column, c});
  const InputSteps steps{.row = x[3], .column = 1, .channel = x[2] * x[3]};
  KernelCall call{.kernel = "tinyc_conv2d_offset_triple_s8", .inputs = {node.operand_ids[0]}, .outputs = {node.result_ids[0]}};
  call.reason = "planar input, three pixels in two words";
  append_offsets(node, window, {x[2], x[3]}, std::move(*weights), taps, steps, call);
  call.in_place_input = 0;  // the other planes lie behind the first
  call.lead = lead_of_triples(window, y[1], y[2], y[3], steps);
  return call;
}

KernelCall lower_plain(const NodeView& node, const Window2d& window) {
  const std::int64_t outputs = node.result().shape[3], channels = node.operand(0).shape[1];
  const std::int64_t height = window[0].kernel, width = window[1].kernel;
  KernelCall call = call_of(node, window, "tinyc_conv2d_planar_s8", "planar input");
  call.params.push_back({"kernel_width", width});
  append_window(node, window, call.params);
  const auto weights = rows_of_planes(*node.constant(1));
  call.params.insert(call.params.end(), {{"weights", Table{Tensor::of<std::int8_t>(Shape{outputs, channels, height, width}, weights)}},
                                         {"bias", Table{folded_bias(node, outputs)}}});
  append_requantization(node, outputs, call.params);
  call.scratch = Bytes(2 * channels * height * width);
  return call;
}

Result<std::vector<KernelCall>> lower(const NodeView& node, const CoreFeatures& features) {
  if (!node.constant(1) || (node.has(2) && !node.constant(2)))
    return node.error("TC3012", "the weights or the bias are computed at run time", "make them constants");
  const Shape& w = node.operand(1).shape;
  const Window2d window = TINYC_TRY(window_of(node, w[1], w[2]));
  TINYC_TRY(check_sums(node, *node.constant(1), node.constant(2)));
  if (node.operand(0).shape[0] != 1) return node.error("TC3012", "a batch has no kernel", "use batch 1");
  if (window[0].dilation != 1 || window[1].dilation != 1 || node.attributes.integer_or("groups", 1) != 1)
    return node.error("TC3012", "a planar convolution with gaps or groups has no kernel", "write a transpose and a conv2d");
  if (features.objective == Objective::size) return std::vector<KernelCall>{lower_plain(node, window)};
  if (features.mve) {
    const AsConv2d same(node);
    const Conv2dSizes sizes = TINYC_TRY(conv2d_sizes(same.node()));
    if (auto call = conv2d_mve_gather(node, sizes, true)) return std::vector<KernelCall>{std::move(*call)};
  }
  if (features.dsp)
    if (auto call = lower_packed(node, window, features.objective)) return std::vector<KernelCall>{std::move(*call)};
  if (!features.dsp)
    if (auto call = lower_triples(node, window)) return std::vector<KernelCall>{std::move(*call)};
  return std::vector<KernelCall>{lower_plain(node, window)};
}

}  // namespace

const OpDef& conv2d_planar() {
  static const OpDef def{
      .name = "conv2d_planar",
      .summary = "conv2d of a channel-planar x[N,C,H,W], as cameras deliver it; the result is [N,H,W,O].",
      .infer = infer,
      .eval_float = eval_float,
      .eval_int8 = eval_int8,
      .work = work,
      .quantization = dense_rule,
      .lower = lower,
  };
  return def;
}

}  // namespace tinyc::ops
