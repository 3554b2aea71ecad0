// remove-dead-channels: removes what a quantized model computes for nothing, with identical outputs.
//
//   conv a (8 channels, of which channel 3 is always -128) -> conv b   =>   conv a (7 channels) -> conv b (7 inputs)
//
// Forward, intervals of stored values per channel prove that a channel is one constant over all inputs; such a channel
// folds into its consumer's bias (through padding only when the constant is the zero point, which padding reads anyway).
// Backward, a channel that no weight reads is removed at its producer. Channels of a depthwise convolution or a pool are
// those of its input: both go or both stay. When: on the quantized graph, where weights that round to zero are zeros.

#include <algorithm>
#include <functional>
#include <numeric>

#include "lib/exec/interpreter.h"
#include "lib/ops/dense.h"
#include "lib/pass/pass.h"
#include "passes/compress/dead_channels.h"

namespace tinyc::passes {
namespace {

// The stored values that each channel (last axis) of a value can take.
struct Interval {
  std::int32_t low = -128, high = 127;
  bool is_constant() const { return low == high; }
};
using Channels = std::vector<Interval>;

// Of int8 nodes; the float layers of a mixed graph stay as they are.
bool is_dense(const NodeView& node) {
  return (node.op.name == "conv2d" || node.op.name == "fully_connected") && node.operand(0).is_quantized();
}
std::int64_t last(const Shape& shape) { return shape.rank() == 0 ? 1 : shape[shape.rank() - 1]; }
bool is_depthwise(const NodeView& node) {
  return is_dense(node) && node.op.name == "conv2d" && node.attributes.integer_or("groups", 1) > 1 && node.operand(1).shape[3] == 1 &&
         node.operand(1).shape[0] == last(node.operand(0).shape);
}
bool is_full(const NodeView& node) { return is_dense(node) && !is_depthwise(node) && node.attributes.integer_or("groups", 1) == 1; }
bool is_padded(const NodeView& node) {
  const auto pads = node.attributes.integers_or("pads", {});
  return std::any_of(pads.begin(), pads.end(), [](std::int64_t pad) { return pad != 0; });
}
// Every channel of the result depends on the same channel of the operands, and does not decrease with them.
bool is_channelwise(const NodeView& node) {
  if (!node.has(0) || !node.operand(0).is_quantized()) return false;
  if (node.op.name == "max_pool" || node.op.name == "average_pool") return true;
  if (node.op.name == "add")
    return !node.constant(0) && !node.constant(1) && node.operand(1).is_quantized() && node.operand(0).shape == node.operand(1).shape;
  // A reshape that only drops or adds axes of size 1 before the channels.
  return node.op.name == "reshape" && last(node.operand(0).shape) == last(node.result().shape) &&
         last(node.result().shape) == node.result().shape.elements();
}

class Remover {
 public:
  Remover(Graph& graph, const PassContext& context) : graph_(graph), context_(context) {}

  Result<Changed> run() {
    if (computes_constants()) return Changed::no;
    TINYC_TRY(find());
    fill_words();
    return apply();
  }

  // By value index.
  Result<std::vector<std::vector<bool>>> needed() {
    std::vector<std::vector<bool>> needed(graph_.value_bound());
    const bool all = computes_constants();
    if (!all) TINYC_TRY(find());
    for (const ValueId id : graph_.values())
      if (!graph_.value(id).is_constant())
        needed[id.index] = all ? std::vector<bool>(static_cast<std::size_t>(channels_of(id)), true) : needed_[root(id).index];
    return needed;
  }

 private:
  Status find() {
    TINYC_TRY(find_intervals());
    join_channels();
    find_needed();
    return {};
  }

  std::int64_t channels_of(ValueId value) const { return last(graph_.value(value).type().shape); }
  const Channels& intervals(ValueId value) const { return intervals_[value.index]; }
  std::int32_t zero_point(ValueId value) const { return graph_.value(value).type().quantization->zero_point.front(); }

  // Only outputs of the graph are computed of constants alone.
  bool computes_constants() const {
    const auto is_constant = [&](ValueId value) { return !value.valid() || graph_.value(value).is_constant(); };
    return std::ranges::any_of(graph_.nodes(), [&](NodeId id) { return std::ranges::all_of(graph_.node(id).operands(), is_constant); });
  }

  // --- forward: what each channel can be

  Status find_intervals() {
    intervals_.resize(graph_.value_bound());
    for (const ValueId id : graph_.values())
      if (!graph_.value(id).is_constant()) intervals_[id.index].resize(static_cast<std::size_t>(channels_of(id)));
    for (const NodeId id : graph_.nodes()) {
      const NodeView node = view(graph_, id);
      if (is_dense(node) && node.constant(1)) dense_intervals(node);
      else if (is_channelwise(node)) TINYC_TRY(channelwise_intervals(node));
    }
    return {};
  }

  // Calls f(weight, input channel) for the weights of an output channel.
  template <class F>
  static void for_each_weight(const NodeView& node, std::int64_t output, F f) {
    const auto weights = node.constant(1)->data<std::int8_t>();
    const std::int64_t depth = node.constant(1)->elements() / node.operand(1).shape[0];
    const std::int64_t inputs = last(node.operand(1).shape), group_outputs = node.operand(1).shape[0] / node.attributes.integer_or("groups", 1);
    const std::int64_t first = output / group_outputs * inputs;
    for (std::int64_t k = 0; k < depth; ++k)
      f(static_cast<std::int32_t>(weights[static_cast<std::size_t>(output * depth + k)]), first + k % inputs);
  }

  void dense_intervals(const NodeView& node) {
    const ValueId x = node.operand_ids[0];
    const std::int32_t x_zero = zero_point(x), zero = zero_point(node.result_ids[0]);
    const auto requantizers = ops::channel_requantizers(node, node.operand(1).shape[0]);
    const ops::StoredClamp clamp = ops::stored_clamp(node);
    const bool padded = is_padded(node);
    for (std::size_t o = 0; o < requantizers.size(); ++o) {
      std::int32_t low = node.has(2) ? node.constant(2)->data<std::int32_t>()[o] : 0, high = low;
      for_each_weight(node, static_cast<std::int64_t>(o), [&](std::int32_t w, std::int64_t c) {
        const Interval in = intervals(x)[static_cast<std::size_t>(c)];
        const std::int32_t a = w * (in.low - x_zero), b = w * (in.high - x_zero);
        low += std::min({a, b, padded ? 0 : a});
        high += std::max({a, b, padded ? 0 : a});
      });
      const auto stored = [&](std::int32_t acc) { return std::clamp(requantize(acc, requantizers[o], zero), clamp.low, clamp.high); };
      intervals_[node.result_ids[0].index][o] = {stored(low), stored(high)};
    }
  }

  // The lowest or the highest value that every element can have.
  Tensor bounds_of(ValueId value, bool highest) const {
    Tensor bounds(DType::i8, graph_.value(value).type().shape);
    const Channels& in = intervals(value);
    const auto data = bounds.mutable_data<std::int8_t>();
    for (std::size_t i = 0; i < data.size(); ++i)
      data[i] = static_cast<std::int8_t>(highest ? in[i % in.size()].high : in[i % in.size()].low);
    return bounds;
  }

  // Evaluates the node on its operands' lowest and on their highest values.
  Status channelwise_intervals(const NodeView& node) {
    if (!node.op.eval_int8 || node.result().shape.elements() == 0) return {};
    Channels& out = intervals_[node.result_ids[0].index];
    for (const bool highest : {false, true}) {
      std::vector<Tensor> x;
      for (const ValueId operand : node.operand_ids) x.push_back(bounds_of(operand, highest));
      std::vector<const Tensor*> operands;
      for (const Tensor& each : x) operands.push_back(&each);
      std::vector<Tensor> y{Tensor(DType::i8, node.result().shape)};
      TINYC_TRY((*node.op.eval_int8)(node, operands, y));
      const auto results = y[0].data<std::int8_t>();
      for (std::size_t c = 0; c < out.size(); ++c) {
        std::int32_t bound = results[c];
        for (std::size_t i = c; i < results.size(); i += out.size())
          bound = highest ? std::max<std::int32_t>(bound, results[i]) : std::min<std::int32_t>(bound, results[i]);
        (highest ? out[c].high : out[c].low) = bound;
      }
    }
    return {};
  }

  // --- values whose channels go or stay together

  ValueId root(ValueId value) const {
    while (root_[value.index] != value) value = root_[value.index];
    return value;
  }

  void join_channels() {
    root_.resize(graph_.value_bound());
    for (const ValueId id : graph_.values()) root_[id.index] = id;
    for (const NodeId id : graph_.nodes()) {
      const NodeView node = view(graph_, id);
      if (!is_depthwise(node) && !is_channelwise(node)) continue;
      root_[root(node.result_ids[0]).index] = root(node.operand_ids[0]);
      if (node.op.name == "add") root_[root(node.operand_ids[1]).index] = root(node.operand_ids[0]);
    }
  }

  // --- backward: what is read

  // Whether a weight on channel c of the operand may be dropped, its constant contribution moved into the bias.
  bool folds(const NodeView& node, std::int64_t c) const {
    const Interval in = intervals(node.operand_ids[0])[static_cast<std::size_t>(c)];
    return in.is_constant() && (in.low == zero_point(node.operand_ids[0]) || !is_padded(node));
  }

  void need_all(ValueId value) {
    auto& needed = needed_[root(value).index];
    std::fill(needed.begin(), needed.end(), true);
  }

  void find_needed() {
    needed_.resize(graph_.value_bound());
    for (const ValueId id : graph_.values())
      if (!graph_.value(id).is_constant()) needed_[id.index].assign(static_cast<std::size_t>(channels_of(id)), false);
    for (const ValueId id : graph_.inputs()) need_all(id);
    for (const ValueId id : graph_.outputs())
      if (!graph_.value(id).is_constant()) need_all(id);
    const auto& nodes = graph_.nodes();
    for (auto at = nodes.rbegin(); at != nodes.rend(); ++at) {
      const NodeView node = view(graph_, *at);
      if (is_full(node) && node.constant(1) && node.result().is_quantized()) {
        need_inputs_of(node);
      } else if (!is_depthwise(node) && !is_channelwise(node)) {
        for (std::size_t i = 0; i < node.operands.size(); ++i)
          if (node.operands[i] && !node.operands[i]->is_constant()) need_all(node.operand_ids[i]);
        for (const ValueId result : node.result_ids) need_all(result);
      }
      if (is_depthwise(node) && !node.constant(1)) need_all(node.operand_ids[0]);
    }
  }

  void need_inputs_of(const NodeView& node) {
    const auto& outputs = needed_[root(node.result_ids[0]).index];
    auto& inputs = needed_[root(node.operand_ids[0]).index];
    for (std::size_t o = 0; o < outputs.size(); ++o) {
      if (!outputs[o]) continue;
      for_each_weight(node, static_cast<std::int64_t>(o), [&](std::int32_t w, std::int64_t c) {
        if (w != 0 && !folds(node, c)) inputs[static_cast<std::size_t>(c)] = true;
      });
    }
  }

  // --- the change

  // The channels that stay; at least one, so that no tensor is empty.
  std::vector<std::int64_t> kept(ValueId value) const {
    const auto& needed = needed_[root(value).index];
    std::vector<std::int64_t> channels;
    for (std::size_t c = 0; c < needed.size(); ++c)
      if (needed[c]) channels.push_back(static_cast<std::int64_t>(c));
    if (channels.empty()) channels.push_back(0);
    return channels;
  }

  // Kernels read four channels of a pixel as a word: the first channels that could go stay until their number is a
  // multiple of four.
  void fill_words() {
    for (const ValueId id : graph_.values()) {
      if (graph_.value(id).is_constant() || root(id) != id || !shrinks(id)) continue;
      auto& needed = needed_[id.index];
      for (std::size_t c = 0; c < needed.size() && std::count(needed.begin(), needed.end(), true) % 4 != 0; ++c) needed[c] = true;
    }
  }
  bool shrinks(ValueId value) const { return static_cast<std::int64_t>(kept(value).size()) < channels_of(value); }

  Result<Changed> apply() {
    std::vector<NodeId> dense;
    for (const NodeId id : graph_.nodes()) {
      const NodeView node = view(graph_, id);
      if (is_dense(node) && node.constant(1) && (is_full(node) || is_depthwise(node)) &&
          (shrinks(node.operand_ids[0]) || shrinks(node.result_ids[0])))
        dense.push_back(id);
    }
    if (dense.empty()) return Changed::no;
    for (const NodeId id : dense) shrink_weights(id);
    for (const ValueId id : graph_.values()) {
      if (graph_.value(id).is_constant() || !shrinks(id)) continue;
      Type type = graph_.value(id).type();
      type.shape[type.shape.rank() - 1] = static_cast<std::int64_t>(kept(id).size());
      shrunk_.emplace_back(id, std::move(type));
    }
    for (const NodeId id : graph_.nodes()) update_attributes(id);
    for (auto& [id, type] : shrunk_) graph_.set_type(id, std::move(type));
    graph_.erase_unused_constants();
    return Changed::yes;
  }

  void shrink_weights(NodeId id) {
    const NodeView node = view(graph_, id);
    const Tensor old = *node.constant(1);
    const bool depthwise = is_depthwise(node);
    const std::vector<std::int64_t> outputs = kept(node.result_ids[0]);
    const std::vector<std::int64_t> inputs = depthwise ? std::vector<std::int64_t>{0} : kept(node.operand_ids[0]);
    const std::int64_t old_inputs = last(old.shape()), depth = old.elements() / old.shape()[0], taps = depth / old_inputs;
    Shape shape = old.shape();
    shape[0] = static_cast<std::int64_t>(outputs.size());
    shape[shape.rank() - 1] = static_cast<std::int64_t>(inputs.size());
    Tensor weights(DType::i8, shape), bias(DType::i32, Shape{shape[0]});
    const auto w = weights.mutable_data<std::int8_t>();
    const auto b = bias.mutable_data<std::int32_t>();
    const auto old_w = old.data<std::int8_t>();
    Quantization weight_scales = *node.operand(1).quantization, bias_scales = weight_scales;
    std::size_t at = 0;
    for (std::size_t o = 0; o < outputs.size(); ++o) {
      b[o] = (node.has(2) ? node.constant(2)->data<std::int32_t>()[static_cast<std::size_t>(outputs[o])] : 0) +
             (depthwise ? 0 : folded_constants(node, outputs[o]));
      for (std::int64_t tap = 0; tap < taps; ++tap)
        for (const std::int64_t c : inputs) w[at++] = old_w[static_cast<std::size_t>(outputs[o] * depth + tap * old_inputs + c)];
    }
    note(node, old, weights);
    weight_scales = select(weight_scales, outputs);
    if (node.has(2)) bias_scales = select(*graph_.value(node.operand_ids[2]).type().quantization, outputs);
    else bias_scales = weight_scales;
    const std::string name(node.name);
    graph_.set_operand(id, 1, graph_.add_constant(name + "_live_weights", std::move(weights), weight_scales));
    const ValueId new_bias = graph_.add_constant(name + "_live_bias", std::move(bias), bias_scales);
    if (node.operand_count() > 2) graph_.set_operand(id, 2, new_bias);
    else graph_.append_operand(id, new_bias);
  }

  static Quantization select(Quantization all, const std::vector<std::int64_t>& channels) {
    if (all.is_per_tensor()) return all;
    Quantization some{all.axis, {}, {}};
    for (const std::int64_t c : channels) {
      some.scale.push_back(all.scale[static_cast<std::size_t>(c)]);
      some.zero_point.push_back(all.zero_point[static_cast<std::size_t>(c)]);
    }
    return some;
  }

  // What the removed channels, constants all, add to an output channel.
  std::int32_t folded_constants(const NodeView& node, std::int64_t output) const {
    const ValueId x = node.operand_ids[0];
    const auto& needed = needed_[root(x).index];
    const std::vector<std::int64_t> stay = kept(x);
    std::int32_t sum = 0;
    for_each_weight(node, output, [&](std::int32_t w, std::int64_t c) {
      const bool removed = !needed[static_cast<std::size_t>(c)] && !std::binary_search(stay.begin(), stay.end(), c);
      if (removed && w != 0) sum += w * (intervals(x)[static_cast<std::size_t>(c)].low - zero_point(x));
    });
    return sum;
  }

  void update_attributes(NodeId id) {
    const NodeView node = view(graph_, id);
    Attributes attributes = node.attributes;
    if (is_depthwise_now(node)) {
      attributes.set("groups", static_cast<std::int64_t>(kept(node.operand_ids[0]).size()));
    } else if (node.op.name == "reshape" && is_channelwise(node) && shrinks(node.result_ids[0])) {
      std::vector<std::int64_t> shape = node.result().shape.sizes();
      shape.back() = static_cast<std::int64_t>(kept(node.result_ids[0]).size());
      attributes.set("shape", std::move(shape));
    } else {
      return;
    }
    graph_.set_attributes(id, std::move(attributes));
  }
  // Its weights have their new shape already, its values not yet.
  bool is_depthwise_now(const NodeView& node) const {
    return node.op.name == "conv2d" && node.operand(1).shape[3] == 1 && shrinks(node.operand_ids[0]) &&
           node.attributes.integer_or("groups", 1) == channels_of(node.operand_ids[0]);
  }

  void note(const NodeView& node, const Tensor& before, const Tensor& after) {
    const std::int64_t positions = node.result().shape.elements() / last(node.result().shape);
    context_.note("remove-dead-channels", node.name,
                  {{"channels", node.operand(1).shape[0]}, {"channels_left", after.shape()[0]},
                   {"macs_saved", positions * (before.elements() - after.elements())},
                   {"weights_saved", before.elements() - after.elements()}});
  }

  Graph& graph_;
  const PassContext& context_;
  std::vector<Channels> intervals_;
  std::vector<ValueId> root_;
  std::vector<std::vector<bool>> needed_;
  std::vector<std::pair<ValueId, Type>> shrunk_;
};

Result<Changed> run(Graph& graph, PassContext& context) { return Remover(graph, context).run(); }

}  // namespace

Result<std::vector<std::vector<bool>>> needed_channels(const Graph& quantized, const PassContext& context) {
  Graph graph = quantized;
  return Remover(graph, context).needed();
}

const Pass& remove_dead_channels() {
  static const Pass pass{{.name = "remove-dead-channels",
                          .summary = "removes channels that are constant or that nothing reads, with identical outputs",
                          .stages = {Stage::quantized}},
                         run};
  return pass;
}

}  // namespace tinyc::passes
