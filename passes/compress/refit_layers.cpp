#include "passes/compress/refit_layers.h"

#include <algorithm>

#include "lib/compress/weight_fit.h"
#include "lib/support/threads.h"

namespace tinyc::passes {
namespace {

constexpr std::int64_t fewest_samples = 8;

// New weights, and the bias that keeps the mean of the targets.
void set_weights(Graph& graph, NodeId id, const DenseLayer& dense, std::span<const SplitMoments> moments,
                 const std::vector<double>& weights, const Tensor* given_bias) {
  Tensor stored = graph.value(graph.node(id).operands()[1]).constant();
  std::transform(weights.begin(), weights.end(), stored.mutable_data<float>().begin(), [](double w) { return static_cast<float>(w); });
  graph.set_constant(graph.node(id).operands()[1], std::move(stored));
  if (!given_bias) return;
  Tensor bias = *given_bias;
  const auto values = bias.mutable_data<float>();
  for (std::size_t c = 0; c < values.size(); ++c) {
    const Moments& all = moments[c / dense.outputs].all;
    double correction = all.target_mean[c % dense.outputs];
    for (std::size_t k = 0; k < dense.depth; ++k) correction -= weights[c * dense.depth + k] * all.mean[k];
    values[c] = static_cast<float>(values[c] + correction);
  }
  graph.set_constant(graph.node(id).operands()[2], std::move(bias));
}

}  // namespace

LayerInputs layer_inputs(const LayerwiseRun& run, const Graph& graph, NodeId layer) {
  const ValueId read = graph.node(layer).operands()[0];
  return {[&run, read](std::size_t i) -> const Tensor& { return run.value(i, read); }, &graph.value(read).type()};
}

std::span<const float> layer_weights(const Graph& graph, NodeId layer) {
  return graph.value(graph.node(layer).operands()[1]).constant().data<float>();
}

std::vector<SplitMoments> moments_of(const Graph& before, NodeId layer, const LayerInputs& read, const LayerInputs& wanted,
                                     std::size_t samples, int threads) {
  return layer_moments(*DenseLayer::of(view(before, layer)), layer_weights(before, layer), read, wanted, samples, threads);
}

void refit_layer(Graph& graph, const Graph& before, NodeId layer, std::span<const SplitMoments> moments, std::span<const float> left,
                 bool choose, int threads) {
  const NodeView node = view(before, layer);
  const DenseLayer dense = *DenseLayer::of(node);
  std::vector<std::vector<double>> fitted(dense.groups);
  const bool many = dense.groups > 1;
  for_each_piece(dense.groups, many ? threads : 1, [&](std::size_t group) {
    const auto own = dense.weights_of(left, group);
    fitted[group] = choose ? refit_chosen(moments[group], own, many ? 1 : threads) : refit(moments[group].all, own, 0.01, many ? 1 : threads);
  });
  std::vector<double> all;
  for (const auto& own : fitted) all.insert(all.end(), own.begin(), own.end());
  set_weights(graph, layer, dense, moments, all, node.has(2) ? node.constant(2) : nullptr);
}

Status refit_layers(Graph& graph, const Graph& before, const std::vector<NodeId>& layers,
                    const std::function<std::vector<float>(std::size_t)>& left, const PassContext& context) {
  const std::int64_t samples = samples_within(before, refit_bytes);
  LayerwiseRun teacher = TINYC_TRY(LayerwiseRun::start(before, *context.calibration, samples, context.threads));
  LayerwiseRun student = TINYC_TRY(LayerwiseRun::start(graph, *context.calibration, samples, context.threads));
  for (std::size_t l = 0; l < layers.size(); ++l) {
    if (context.progress)
      context.progress("fitting what is left", static_cast<std::int64_t>(l + 1), static_cast<std::int64_t>(layers.size()));
    TINYC_TRY(teacher.advance_to(layers[l]));
    TINYC_TRY(student.advance_to(layers[l]));
    const auto moments = moments_of(before, layers[l], layer_inputs(student, graph, layers[l]), layer_inputs(teacher, before, layers[l]),
                                    student.samples(), context.threads);
    refit_layer(graph, before, layers[l], moments, left(l), true, context.threads);
  }
  return {};
}

Result<std::vector<Tensor>> answers(LayerwiseRun run, const Graph& graph) {
  ValueId value = graph.outputs().front();
  NodeId softmax = graph.value(value).producer();
  if (softmax.valid() && graph.node(softmax).op().name == "softmax") value = graph.node(softmax).operands()[0];
  else softmax = NodeId{};
  TINYC_TRY(run.advance_to(softmax));
  std::vector<Tensor> all;
  for (std::size_t i = 0; i < run.samples(); ++i) all.push_back(run.value(i, value));
  return all;
}

double squared_difference(const std::vector<Tensor>& a, const std::vector<Tensor>& b) {
  double sum = 0;
  for (std::size_t i = 0; i < a.size(); ++i) {
    const auto x = a[i].to_doubles(), y = b[i].to_doubles();
    for (std::size_t k = 0; k < x.size(); ++k) sum += (x[k] - y[k]) * (x[k] - y[k]);
  }
  return sum;
}

Status check_samples_to_prune(const Dataset& data) {
  if (data.size() < fewest_samples)
    return Error("TC6035", "prune", std::to_string(data.size()) + " calibration samples are too few to prune by",
                 "give at least " + std::to_string(fewest_samples) + ", better some hundred");
  const auto first = data.sample(0);
  for (std::int64_t i = 1; i < data.size(); ++i)
    if (data.sample(i) != first) return {};
  return Error("TC6036", "prune", "all calibration samples are the same", "give samples as the model will see them");
}

}  // namespace tinyc::passes
