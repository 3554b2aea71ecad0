// quantize: turns a calibrated float graph into an int8 graph.
//
//   %y: f32[1,8] range(0, 6) = fully_connected(%x, %w, %b)
//     -> %y: i8[1,8] quant(0.0235:-128) range(0, 6) = fully_connected(%x, %w, %b)   with %w i8, %b i32
//
// Activations get affine int8 parameters from their ranges, weights symmetric ones per output channel, biases int32
// with scale input * weight; functions of one operand become lookup tables; operands that must share parameters
// (concat) are written with them by their producers, or requantized. Scales are raised where an accumulator or a
// requantization could overflow; biases make up for the mean error that rounding the weights makes over the calibration
// samples, and weights are fitted to the float results (fit_weights.h). When: once, on a calibrated graph.
//
// What has no int8 form, or shall be kept in float, stays as it is between conversions, one per value and direction:
//
//   %y: f32[..] = lstm(%x, ...)   ->   %x_real = dequantize(%x); %y: f32[..] = lstm(%x_real, ...); %y_stored = quantize(%y)
//
// Values between two float nodes, inputs that only float nodes read and outputs that float nodes write stay float.
//
// Values and weights that are pinned take the pinned parameters, which are those of an imported quantized model. Where
// a result must have others (its operand's, its operator's), a requantize follows.

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "lib/pass/pass.h"
#include "lib/quant/affine.h"
#include "lib/quant/requantize.h"
#include "lib/quant/weight_scale.h"
#include "lib/support/text.h"
#include "passes/compress/channel_means.h"
#include "passes/compress/fit_weights.h"
#include "passes/compress/precision.h"
#include "passes/compress/quantize_constant.h"
#include "passes/compress/quantize_table.h"
#include "passes/compress/real_inputs.h"

namespace tinyc::passes {
namespace {

class Quantizer {
 public:
  // `means`: by value index, of each channel.
  // `levels`: by node index, the largest stored weight.
  Quantizer(Graph& graph, PassContext& context, std::vector<NodePrecision> plan, std::vector<std::vector<double>> means,
            const std::vector<int>& levels)
      : graph_(graph), context_(context), plan_(std::move(plan)), means_(std::move(means)), levels_(levels), constants_(graph),
        shared_(graph.value_bound()) {}

  Status run() {
    const std::vector<NodeId> nodes = graph_.nodes();
    for (auto node = nodes.rbegin(); node != nodes.rend(); ++node) plan_shared(*node);
    for (const ValueId input : graph_.inputs())
      if (is_real(input) && !stays_real(input)) set_parameters(input, calibrated(input));
    for (std::size_t i = 0; i < nodes.size(); ++i) {
      const std::vector<ValueId> results = graph_.node(nodes[i]).results();
      TINYC_TRY(is_integer(nodes[i]) ? quantize(nodes[i]) : read_reals(nodes[i]));
      for (const ValueId result : results)
        if (graph_.contains(result)) TINYC_TRY(meet_pin(result, i + 1 < nodes.size() ? nodes[i + 1] : NodeId{}));
    }
    std::vector<ValueId> outputs = graph_.outputs();
    for (ValueId& output : outputs)
      if (is_real_constant(output)) output = quantized_constant(output, std::nullopt);
    graph_.set_outputs(std::move(outputs));
    constants_.finish();
    for (const ValueId id : graph_.values()) graph_.set_pinned(id, std::nullopt);
    return {};
  }

 private:
  bool is_integer(NodeId node) const { return plan_[node.index].precision == Precision::integer; }
  bool is_real(ValueId id) const { return graph_.value(id).type().dtype == DType::f32; }
  bool stays_real(ValueId input) const {
    const auto& uses = graph_.value(input).uses();
    return !uses.empty() && std::none_of(uses.begin(), uses.end(), [&](const Use& use) { return is_integer(use.node); });
  }

  QuantRule rule_of(NodeId node) const {
    const NodeView seen = view(graph_, node);
    return (*seen.op.quantization)(seen);
  }

  const std::optional<Quantization>& pinned(ValueId id) const {
    static const std::optional<Quantization> none;
    const auto& pin = graph_.value(id).pinned();
    return pin && pin->is_per_tensor() ? pin : none;
  }

  // The pinned parameters, else those of the observed range.
  Quantization calibrated(ValueId id) const {
    if (pinned(id)) return *pinned(id);
    const auto& range = graph_.value(id).range();
    TINYC_CHECK(range.has_value(), "a calibrated graph has a range for '" + graph_.value(id).name() + "'");
    return affine_i8(range->low, range->high);
  }

  void set_parameters(ValueId id, const Quantization& quantization) {
    graph_.set_type(id, Type{DType::i8, graph_.value(id).type().shape, quantization});
  }
  const Quantization& parameters(ValueId id) const { return *graph_.value(id).type().quantization; }
  double scale_of(ValueId id) const { return parameters(id).scale.front(); }

  // --- parameters shared with a later node's result

  // Lets the producers of a node's operands write with the parameters of its result where they can. Nodes come in
  // reverse order, so that a result's own shared parameters are known.
  void plan_shared(NodeId node) {
    if (!is_integer(node)) return;
    const QuantRule rule = rule_of(node);
    if (!rule.unify) return;
    const ValueId result = graph_.node(node).results().front();
    const Quantization wanted = shared_[result.index].value_or(calibrated(result));
    for (const ValueId operand : graph_.node(node).operands())
      if (can_share(operand)) share(operand, wanted);
  }

  // Whether every node from a producer with parameters of its own down to here has this one reader only.
  bool can_share(ValueId id) const {
    const Value& value = graph_.value(id);
    if (pinned(id)) return false;
    if (!value.producer().valid() || !is_integer(value.producer()) || value.uses().size() != 1 || graph_.is_output(id)) return false;
    if (graph_.node(value.producer()).results().size() != 1) return false;
    const QuantRule rule = rule_of(value.producer());
    if (rule.result == QuantRule::Result::as_operand && !rule.unify)
      return can_share(graph_.node(value.producer()).operands().front());
    return rule.result == QuantRule::Result::calibrated || rule.unify;
  }
  void share(ValueId id, const Quantization& wanted) {
    const NodeId producer = graph_.value(id).producer();
    const QuantRule rule = rule_of(producer);
    if (rule.result == QuantRule::Result::as_operand && !rule.unify)
      share(graph_.node(producer).operands().front(), wanted);
    else
      shared_[id.index] = wanted;
  }

  // --- conversions, before the first node that needs them

  // The value with these parameters.
  Result<ValueId> stored(NodeId before, ValueId id, const Quantization& wanted) {
    if (!is_real(id) && parameters(id) == wanted) return id;
    return is_real(id) ? converted("quantize", "_stored", before, id, wanted)
                       : converted("requantize", "_requantized", before, id, wanted);
  }

  Status read_reals(NodeId node) {
    for (int i = 0; i < operand_count(node); ++i) {
      const ValueId id = operand(node, i);
      if (!id.valid() || graph_.value(id).is_constant() || !graph_.value(id).type().is_quantized()) continue;
      graph_.set_operand(node, i, TINYC_TRY(converted("dequantize", "_real", node, id, std::nullopt)));
    }
    return {};
  }

  Result<ValueId> converted(std::string_view op, std::string_view suffix, NodeId before, ValueId id,
                            const std::optional<Quantization>& wanted) {
    for (const Converted& known : converted_)
      if (known.from == id && known.quantization == wanted) return known.to;
    Builder builder(graph_, context_.ops);
    builder.insert_before(before);
    const ValueId result = TINYC_TRY(builder.emit(op, graph_.value(id).name() + std::string(suffix), {id}, attributes_of(wanted)));
    if (wanted) set_parameters(result, *wanted);
    graph_.set_range(result, graph_.value(id).range());
    converted_.push_back({id, wanted, result});
    return result;
  }
  static Attributes attributes_of(const std::optional<Quantization>& quantization) {
    if (!quantization) return {};
    return {{"scale", static_cast<double>(quantization->scale.front())},
            {"zero_point", static_cast<std::int64_t>(quantization->zero_point.front())}};
  }

  // A result whose parameters are not the pinned ones is followed by a requantize, before the node `next` (invalid:
  // last).
  Status meet_pin(ValueId id, NodeId next) {
    if (!pinned(id) || is_real(id) || !graph_.value(id).type().is_quantized() || parameters(id) == *pinned(id))
      return {};
    const std::string name = graph_.value(id).name();
    Builder builder(graph_, context_.ops);
    if (next.valid()) builder.insert_before(next);
    const Quantization wanted = *pinned(id);
    const std::vector<Use> uses = graph_.value(id).uses();
    const ValueId result = TINYC_TRY(builder.emit("requantize", name, {id}, attributes_of(wanted)));
    set_parameters(result, wanted);
    graph_.set_range(result, graph_.value(id).range());
    for (const Use& use : uses) graph_.set_operand(use.node, use.operand, result);
    std::vector<ValueId> outputs = graph_.outputs();
    std::replace(outputs.begin(), outputs.end(), id, result);
    graph_.set_outputs(std::move(outputs));
    graph_.rename(id, name + "_unscaled");
    graph_.rename(result, name);
    return {};
  }

  // --- nodes, in order: the parameters of operands are known

  Status quantize(NodeId node) {
    const QuantRule rule = rule_of(node);
    if (!rule.unify) TINYC_TRY(read_stored(node));
    if (rule.table) return quantize_to_table(node, rule);
    const std::vector<ValueId> results = graph_.node(node).results();
    Quantization wanted;
    if (rule.result != QuantRule::Result::kept) wanted = result_parameters(results.front(), rule);
    if (rule.unify) {
      for (int i = 0; i < operand_count(node); ++i) TINYC_TRY(unify_operand(node, i, wanted));
      for (const ValueId result : results) set_parameters(result, wanted);
      return {};
    }
    for (int i = 0; i < operand_count(node); ++i)
      if (const ValueId id = operand(node, i); i != rule.weight && i != rule.bias && is_real_constant(id))
        graph_.set_operand(node, i, quantized_constant(id, std::nullopt));
    if (rule.result == QuantRule::Result::kept) return {};
    if (rule.weight >= 0) TINYC_TRY(quantize_weighted(node, rule, wanted));
    else TINYC_TRY(raise(node, wanted, smallest_scale(node, rule)));
    if (rule.result == QuantRule::Result::as_operand && !(rescales(node) && pinned(results.front())))
      wanted = parameters(operand(node, 0));
    for (const ValueId result : results)
      set_parameters(result, results.size() > 1 && rule.result == QuantRule::Result::calibrated
                                 ? shared_[result.index].value_or(calibrated(result)) : wanted);
    return {};
  }

  // Operators that take their operand's parameters, but can compute with others.
  bool rescales(NodeId node) const {
    const std::string_view op = graph_.node(node).op().name;
    return op == "relu" || op == "clip";
  }

  Status read_stored(NodeId node) {
    for (int i = 0; i < operand_count(node); ++i)
      if (const ValueId id = operand(node, i); id.valid() && !graph_.value(id).is_constant() && is_real(id))
        graph_.set_operand(node, i, TINYC_TRY(stored(node, id, calibrated(id))));
    return {};
  }

  // What the rule asks for, before any raise; where it is the operand's, the caller takes that.
  Quantization result_parameters(ValueId result, const QuantRule& rule) const {
    if (rule.result == QuantRule::Result::fixed && !(rule.table && pinned(result))) return *rule.fixed;
    return shared_[result.index].value_or(calibrated(result));
  }

  Status unify_operand(NodeId node, int i, const Quantization& wanted) {
    const ValueId id = operand(node, i);
    if (is_real_constant(id)) {
      graph_.set_operand(node, i, quantized_constant(id, wanted));
      return {};
    }
    graph_.set_operand(node, i, TINYC_TRY(stored(node, id, wanted)));
    return {};
  }

  // Of the channels that a layer reads.
  std::span<const double> input_means(NodeId node) const {
    const ValueId x = operand(node, 0);
    for (const Converted& known : converted_)
      if (known.to == x) return means_[known.from.index];
    return x.index < means_.size() ? std::span<const double>(means_[x.index]) : std::span<const double>();
  }

  Status quantize_weighted(NodeId node, const QuantRule& rule, Quantization& wanted) {
    const ValueId weights = operand(node, rule.weight), bias = operand(node, rule.bias);
    const double input_scale = scale_of(operand(node, 0));
    const int levels = levels_[node.index];
    const QuantizedWeights quantized =
        quantize_weights(graph_.value(weights).constant(), bias.valid() ? &graph_.value(bias).constant() : nullptr,
                         rule.weight_axis, input_scale, levels == eight_bits ? graph_.value(weights).pinned() : std::nullopt,
                         input_means(node), levels);
    const auto& scales = quantized.weight_quantization.scale;
    if (!std::all_of(scales.begin(), scales.end(), [](float scale) { return std::isfinite(scale); }))
      return beyond_float(node);
    graph_.set_operand(node, rule.weight, constants_.store(weights, quantized.weights, quantized.weight_quantization));
    if (bias.valid())
      graph_.set_operand(node, rule.bias, constants_.store(bias, quantized.bias, quantized.bias_quantization));
    if (quantized.unmet_channels > 0)
      context_.warn(fmt::format(
          "{}: {} of {} channels of the weights get new scales, since the model's own do not fit int8 weights "
          "without a zero point, or would overflow",
          graph_.node(node).name(), quantized.unmet_channels, scales.size()));
    TINYC_TRY(raise(node, wanted, smallest_result_scale(input_scale, scales, quantized.accumulator_bound)));
    context_.note("quantize", graph_.node(node).name(),
                  {{"accumulator_bound", quantized.accumulator_bound},
                   {"channels", static_cast<std::int64_t>(scales.size())},
                   {"raised_channels", quantized.raised_channels},
                   {"weight_scale_min", static_cast<double>(*std::min_element(scales.begin(), scales.end()))},
                   {"weight_scale_max", static_cast<double>(*std::max_element(scales.begin(), scales.end()))}});
    return {};
  }

  // The smallest scale of the result whose requantization of what the node accumulates is sound; 0: any.
  double smallest_scale(NodeId node, const QuantRule& rule) const {
    if (rule.products == 0) return 0;
    constexpr std::int64_t stored_span = 255;  // |stored - zero_point|
    const auto step = static_cast<float>(scale_of(operand(node, 1)));
    return smallest_result_scale(scale_of(operand(node, 0)), {&step, 1}, rule.products * stored_span * stored_span);
  }

  Error beyond_float(NodeId node) const {
    return Error("TC3021", graph_.node(node).name(), "its values reach beyond what 32-bit floating point holds",
                 "check the weights and the calibration data");
  }

  // Real zero keeps its stored value.
  Status raise(NodeId node, Quantization& wanted, double smallest) {
    if (static_cast<double>(wanted.scale.front()) >= smallest) return {};
    const auto raised = std::nextafter(static_cast<float>(smallest), HUGE_VALF);
    if (!std::isfinite(raised)) return beyond_float(node);
    context_.note("quantize", graph_.node(node).name(),
                  {{"result_scale_raised_from", static_cast<double>(wanted.scale.front())},
                   {"result_scale_raised_to", static_cast<double>(raised)}});
    if (pinned(graph_.node(node).results().front()))
      context_.warn(
          fmt::format("{}: the model's own scale of the result, {}, is too small for int32 accumulators; it becomes {}",
                      graph_.node(node).name(), wanted.scale.front(), raised));
    for (const ValueId result : graph_.node(node).results()) graph_.set_pinned(result, std::nullopt);
    wanted.scale.front() = raised;
    return {};
  }

  Status quantize_to_table(NodeId node, const QuantRule& rule) {
    const ValueId result = graph_.node(node).results().front();
    if (const ValueId constant = operand(node, 0); is_real_constant(constant))
      graph_.set_operand(node, 0, quantized_constant(constant, std::nullopt));
    const ValueId input = operand(node, 0);
    const Quantization wanted = rule.result == QuantRule::Result::as_operand ? parameters(input)
                                                                             : result_parameters(result, rule);
    Tensor table = TINYC_TRY(function_table(graph_, node, context_.ops, parameters(input), wanted));
    const std::string name = graph_.node(node).name(), result_name = graph_.value(result).name();
    const ValueId constant = graph_.add_constant(result_name + "_table", std::move(table));
    const OpDef* op = find_op(context_.ops, "lookup_table");
    TINYC_CHECK(op != nullptr, "lookup_table is registered");
    const NodeId lookup = graph_.add_node(*op, name, {input, constant}, {},
                                          {Type{DType::i8, graph_.value(result).type().shape, wanted}}, {result_name}, node);
    const ValueId looked_up = graph_.node(lookup).results().front();
    graph_.set_range(looked_up, graph_.value(result).range());
    graph_.replace_uses(result, looked_up);
    graph_.erase_node(node);
    graph_.rename(looked_up, result_name);
    converted_.push_back({result, wanted, looked_up});
    return {};
  }

  // --- constants

  bool is_real_constant(ValueId id) const {
    return id.valid() && graph_.value(id).is_constant() && graph_.value(id).type().dtype == DType::f32;
  }

  // With the given parameters, or with those of its own extremes.
  ValueId quantized_constant(ValueId id, std::optional<Quantization> quantization) {
    const Tensor real = graph_.value(id).constant();
    if (!quantization) {
      double low = 0, high = 0;
      for (const float x : real.data<float>()) {
        low = std::min<double>(low, x);
        high = std::max<double>(high, x);
      }
      quantization = pinned(id) ? *pinned(id) : affine_i8(low, high);
    }
    return constants_.store(id, quantize_tensor(real, Type{DType::i8, real.shape(), quantization}), *quantization);
  }

  int operand_count(NodeId node) const { return static_cast<int>(graph_.node(node).operands().size()); }
  // Invalid when absent.
  ValueId operand(NodeId node, int i) const {
    return i >= 0 && i < operand_count(node) ? graph_.node(node).operands()[static_cast<std::size_t>(i)] : ValueId{};
  }

  struct Converted {
    ValueId from;
    std::optional<Quantization> quantization;  // none: real
    ValueId to;
  };

  Graph& graph_;
  PassContext& context_;
  std::vector<NodePrecision> plan_;
  std::vector<std::vector<double>> means_;
  const std::vector<int>& levels_;
  QuantizedConstants constants_;
  std::vector<Converted> converted_;
  std::vector<std::optional<Quantization>> shared_;  // by value index: what its producer shall write
};

void report_float(const Graph& graph, const std::vector<NodePrecision>& plan, const PassContext& context) {
  std::vector<std::string> names;
  std::int64_t layers = 0, macs = 0, float_macs = 0;
  for (const NodeId id : graph.nodes()) {
    const NodeView node = view(graph, id);
    if (node.op.is_view) continue;
    const NodePrecision& own = plan[id.index];
    const std::int64_t own_macs = node.op.work(node).macs;
    ++layers;
    macs += own_macs;
    if (own.precision != Precision::real) continue;
    float_macs += own_macs;
    names.emplace_back(node.name);
    context.note("quantize", node.name, {{"float", own.reason}});
  }
  if (names.empty()) return;
  constexpr std::size_t most = 5;
  const std::size_t count = names.size();
  if (count > most) names.resize(most);
  const double share = macs > 0 ? static_cast<double>(float_macs) / static_cast<double>(macs) : 0;
  context.warn(fmt::format("{} of {} layers run in float, {:.1f} % of the multiply-accumulates: {}{}", count, layers, 100 * share,
                           join(names, ", "), count > most ? ", ..." : ""));
}

// By value index: what layers read whose weights have the input channels last and are not prescribed.
std::vector<bool> read_by_weights(const Graph& graph) {
  std::vector<bool> read(graph.value_bound(), false);
  for (const NodeId id : graph.nodes()) {
    const NodeView node = view(graph, id);
    if (node.op.name != "conv2d" && node.op.name != "fully_connected") continue;
    if (node.constant(1) && !node.operands[1]->pinned() && node.operand(0).dtype == DType::f32)
      read[node.operand_ids[0].index] = true;
  }
  return read;
}

Result<Changed> run(Graph& graph, PassContext& context) {
  const auto& keep_float = std::get<std::vector<std::string>>(*context.options.find("keep_float"));
  const std::vector<int> levels = TINYC_TRY(weight_levels(graph, context.options));
  auto means = TINYC_TRY(channel_means(graph, read_by_weights(graph), context));
  const Graph real = graph;
  make_inputs_real(graph);
  auto plan = TINYC_TRY(plan_precision(graph, keep_float));
  report_float(graph, plan, context);
  TINYC_TRY(Quantizer(graph, context, std::move(plan), std::move(means), levels).run());
  if (context.options.integer("fit") != 0) TINYC_TRY(fit_weights(real, graph, levels, context));
  return Changed::yes;
}

}  // namespace

const Pass& quantize() {
  static const Pass pass{{.name = "quantize",
                          .summary = "turns a calibrated float graph into an int8 graph",
                          .stages = {Stage::calibrated},
                          .becomes = Stage::quantized,
                          .options = {{"keep_float", std::vector<std::string>{}, "names of layers to compute in float, * any text"},
                                      {"weight_bits", std::int64_t{8}, "bits of a weight, 8 or 4; depthwise filters have 8"},
                                      {"bits4", std::vector<std::string>{}, "names of layers whose weights have 4 bits, * any text"},
                                      {"fit", std::int64_t{1}, "1: weights are fitted to the float results over the samples"}}},
                         run};
  return pass;
}

}  // namespace tinyc::passes
