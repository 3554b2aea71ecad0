#include "passes/compress/fit_weights.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "lib/compress/weight_fit.h"
#include "lib/exec/layerwise.h"
#include "lib/quant/requantize.h"
#include "lib/quant/weight_scale.h"
#include "lib/support/threads.h"
#include "passes/compress/precision.h"

namespace tinyc::passes {
namespace {

constexpr std::int64_t most_bytes = std::int64_t{512} << 20;  // of float activations at once
constexpr double largest_correction = 1 << 20;                // in steps of a bias, which has room for 2^21 more

struct StoredLayer {
  Tensor weights, bias;
  std::vector<float> scales;
};

// What fitting reads of a layer, of the float graph and of the quantized one.
struct Subject {
  NodeId id;
  DenseLayer layer;
  Tensor real_weights, real_bias;
  Tensor stored;
  std::vector<float> scales;
  double input_scale = 0, result_scale = 0;
  int levels = eight_bits;
};

std::vector<float> all_scales(const Quantization& quantization, std::size_t channels) {
  return quantization.is_per_tensor() ? std::vector<float>(channels, quantization.scale.front()) : quantization.scale;
}

std::optional<Subject> subject_of(const Graph& real, const Graph& graph, NodeId id, int levels) {
  if (!real.contains(id)) return std::nullopt;
  const NodeView from = view(real, id), to = view(graph, id);
  auto layer = DenseLayer::of(to);
  if (!layer || !to.operand(0).is_quantized() || to.operand(1).dtype != DType::i8 || !from.constant(1)) return std::nullopt;
  if (from.operand(0).dtype != DType::f32 || from.operand(1).shape != to.operand(1).shape) return std::nullopt;
  if (from.operands[1]->pinned() && levels == eight_bits) return std::nullopt;
  if (to.operands[1]->uses().size() != 1 || (to.has(2) && to.operands[2]->uses().size() != 1)) return std::nullopt;
  const auto channels = static_cast<std::int64_t>(layer->groups * layer->outputs);
  return Subject{id, *layer, *from.constant(1), from.has(2) ? *from.constant(2) : Tensor(DType::f32, {channels}), *to.constant(1),
                 all_scales(*to.operand(1).quantization, static_cast<std::size_t>(channels)), to.operand(0).quantization->scale.front(),
                 to.result().quantization->scale.front(), levels};
}

// The layer's weights as the moments want them; nothing where the integers would not be sound, or are no better.
class Fitting {
 public:
  Fitting(const Subject& subject, std::vector<SplitMoments> moments, int threads)
      : s_(subject), moments_(std::move(moments)), threads_(threads) {}

  std::optional<StoredLayer> run() {
    const std::size_t channels = s_.scales.size();
    StoredLayer fitted{Tensor(DType::i8, s_.stored.shape()), Tensor(DType::i32, Shape{static_cast<std::int64_t>(channels)}), s_.scales};
    const auto least = s_.levels == four_bits
                           ? least_weight_scales(s_.real_weights.data<float>(), s_.real_bias.data<float>(), s_.input_scale, s_.levels)
                           : std::vector<float>();
    for_each_piece(s_.layer.groups, s_.layer.groups > 1 ? threads_ : 1, [&](std::size_t group) {
      const std::size_t first = group * s_.layer.outputs;
      const std::span<const float> scales(s_.scales.data() + first, s_.layer.outputs);
      const std::span<const float> own_least = least.empty() ? std::span<const float>() : std::span(least).subspan(first, s_.layer.outputs);
      const auto plain = s_.layer.weights_of(s_.stored.data<std::int8_t>(), group);
      auto own = fit_and_round(moments_[group], live_weights(group), plain, scales, own_least, s_.levels,
                               s_.layer.groups > 1 ? 1 : threads_);
      rounded_[group] = own ? std::move(*own) : RoundedWeights{{plain.begin(), plain.end()}, {scales.begin(), scales.end()}};
    });
    return finish(fitted) ? std::optional(std::move(fitted)) : std::nullopt;
  }

  // Signal to noise of the result before its activation: of integers times scales, with the best bias.
  double sqnr_db(std::span<const std::int8_t> stored, std::span<const float> scales) const {
    double signal = 0, noise = 0;
    for (std::size_t group = 0; group < moments_.size(); ++group) {
      const auto own_scales = scales.subspan(group * s_.layer.outputs, s_.layer.outputs);
      for (const double error : squared_errors(moments_[group].all, scaled(s_.layer.weights_of(stored, group), own_scales))) noise += error;
      for (const double power : moments_[group].all.target_power) signal += power;
    }
    return signal > 0 && noise > 0 ? 10 * std::log10(signal / noise) : HUGE_VAL;
  }

 private:
  // Channels that are all zeros in integers stay so.
  std::vector<float> live_weights(std::size_t group) const {
    const auto real = s_.layer.weights_of(s_.real_weights.data<float>(), group);
    const auto stored = s_.layer.weights_of(s_.stored.data<std::int8_t>(), group);
    std::vector<float> live(real.begin(), real.end());
    for (std::size_t o = 0; o < s_.layer.outputs; ++o) {
      const auto row = stored.subspan(o * s_.layer.depth, s_.layer.depth);
      if (std::all_of(row.begin(), row.end(), [](std::int8_t w) { return w == 0; }))
        std::fill_n(live.begin() + static_cast<std::ptrdiff_t>(o * s_.layer.depth), s_.layer.depth, 0.0f);
    }
    return live;
  }

  bool finish(StoredLayer& fitted) const {
    const auto weights = fitted.weights.mutable_data<std::int8_t>();
    const auto bias = fitted.bias.mutable_data<std::int32_t>();
    std::int64_t bound = 0;
    for (std::size_t group = 0; group < s_.layer.groups; ++group)
      for (std::size_t o = 0; o < s_.layer.outputs; ++o) {
        const std::size_t channel = group * s_.layer.outputs + o, depth = s_.layer.depth;
        const std::span<const std::int8_t> row(rounded_.at(group).stored.data() + o * depth, depth);
        std::copy(row.begin(), row.end(), weights.begin() + static_cast<std::ptrdiff_t>(channel * depth));
        fitted.scales[channel] = rounded_.at(group).scales[o];
        bias[channel] = bias_of(group, o, row, fitted.scales[channel]);
        bound = std::max(bound, accumulator_bound(row, bias[channel]));
      }
    return bound < std::int64_t{1} << 31 && smallest_result_scale(s_.input_scale, fitted.scales, bound) <= s_.result_scale;
  }

  // The means of the result and of the targets are the same.
  std::int32_t bias_of(std::size_t group, std::size_t output, std::span<const std::int8_t> row, float scale) const {
    const Moments& moments = moments_[group].all;
    double correction = moments.target_mean[output];
    for (std::size_t i = 0; i < row.size(); ++i) correction -= static_cast<double>(row[i]) * scale * moments.mean[i];
    const double largest = largest_correction * s_.input_scale * scale;
    const float given = s_.real_bias.data<float>()[group * s_.layer.outputs + output];
    return quantize_bias(static_cast<float>(given + (std::isfinite(correction) ? std::clamp(correction, -largest, largest) : 0)),
                         s_.input_scale, scale);
  }

  const Subject& s_;
  std::vector<SplitMoments> moments_;
  int threads_;
  std::vector<RoundedWeights> rounded_ = std::vector<RoundedWeights>(s_.layer.groups);
};

void store(Graph& graph, NodeId id, StoredLayer fitted, double input_scale) {
  const ValueId weights = graph.node(id).operands()[1];
  const std::size_t channels = fitted.scales.size();
  const Quantization weight_scales{0, fitted.scales, std::vector<std::int32_t>(channels, 0)};
  Quantization bias_scales = weight_scales;
  for (float& scale : bias_scales.scale)
    scale = static_cast<float>(std::clamp(input_scale * scale, static_cast<double>(std::numeric_limits<float>::min()),
                                          static_cast<double>(std::numeric_limits<float>::max())));
  graph.set_constant(weights, std::move(fitted.weights), weight_scales);
  const std::string name = graph.node(id).name();
  if (graph.node(id).operands().size() > 2 && graph.node(id).operands()[2].valid()) {
    graph.set_constant(graph.node(id).operands()[2], std::move(fitted.bias), bias_scales);
    return;
  }
  const ValueId bias = graph.add_constant(name + "_bias", std::move(fitted.bias), bias_scales);
  if (graph.node(id).operands().size() > 2) graph.set_operand(id, 2, bias);
  else graph.append_operand(id, bias);
}

}  // namespace

Result<std::vector<int>> weight_levels(const Graph& graph, const Attributes& options) {
  const std::int64_t bits = options.integer("weight_bits");
  if (bits != 8 && bits != 4)
    return Error("TC5043", "quantize", "weights of " + std::to_string(bits) + " bits are not supported", "use weight_bits=8 or 4");
  const auto& patterns = std::get<std::vector<std::string>>(*options.find("bits4"));
  std::vector<int> levels(graph.node_bound(), eight_bits);
  std::vector<bool> matched(patterns.size(), false);
  for (const NodeId id : graph.nodes()) {
    const NodeView node = view(graph, id);
    const auto layer = DenseLayer::of(node);
    if (!layer) continue;
    bool four = bits == 4;
    for (std::size_t i = 0; i < patterns.size(); ++i)
      if (matches(patterns[i], node.name)) four = matched[i] = true;
    if (four && !layer->depthwise()) levels[id.index] = four_bits;
  }
  for (std::size_t i = 0; i < patterns.size(); ++i)
    if (!matched[i]) return Error("TC5042", "bits4 " + patterns[i], "no layer with constant weights has this name");
  return levels;
}

Status fit_weights(const Graph& real, Graph& graph, const std::vector<int>& levels, const PassContext& context) {
  if (!context.calibration || context.calibration->size() == 0 || context.calibration->is_synthetic()) return {};
  std::vector<Subject> subjects;
  for (const NodeId id : graph.nodes())
    if (id.index < levels.size())
      if (auto subject = subject_of(real, graph, id, levels[id.index])) subjects.push_back(std::move(*subject));
  if (subjects.empty()) return {};
  const std::int64_t samples = samples_within(real, most_bytes);
  LayerwiseRun teacher = TINYC_TRY(LayerwiseRun::start(real, *context.calibration, samples, context.threads));
  LayerwiseRun student = TINYC_TRY(LayerwiseRun::start(graph, *context.calibration, samples, context.threads));
  std::int64_t done = 0;
  for (const Subject& s : subjects) {
    if (context.progress) context.progress("fitting", ++done, static_cast<std::int64_t>(subjects.size()));
    TINYC_TRY(teacher.advance_to(s.id));
    TINYC_TRY(student.advance_to(s.id));
    const ValueId read = graph.node(s.id).operands()[0], wanted = real.node(s.id).operands()[0];
    Fitting fitting(s, layer_moments(s.layer, s.real_weights.data<float>(),
                                     {[&](std::size_t i) -> const Tensor& { return student.value(i, read); }, &graph.value(read).type()},
                                     {[&](std::size_t i) -> const Tensor& { return teacher.value(i, wanted); }, &real.value(wanted).type()},
                                     student.samples(), context.threads),
                    context.threads);
    auto fitted = fitting.run();
    const double before = fitting.sqnr_db(s.stored.data<std::int8_t>(), s.scales);
    const double after = fitted ? fitting.sqnr_db(fitted->weights.data<std::int8_t>(), fitted->scales) : before;
    Attributes facts{{"weight_bits", std::int64_t{s.levels == four_bits ? 4 : 8}}};
    if (std::isfinite(before) && std::isfinite(after)) {
      facts.set("sqnr_db_rounded", before);
      facts.set("sqnr_db", after);
    }
    context.note("fit-weights", real.node(s.id).name(), std::move(facts));
    if (fitted) store(graph, s.id, std::move(*fitted), s.input_scale);
  }
  return {};
}

}  // namespace tinyc::passes
