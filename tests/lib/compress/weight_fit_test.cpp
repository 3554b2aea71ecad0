#include "lib/compress/weight_fit.h"

#include <algorithm>
#include <catch2/catch.hpp>
#include <cmath>
#include <numeric>

#include "lib/ir/builder.h"
#include "lib/ops/ops.h"
#include "lib/support/rng.h"

namespace tinyc {
namespace {

Tensor random_tensor(Rng& rng, Shape shape) {
  Tensor tensor(DType::f32, std::move(shape));
  for (float& x : tensor.mutable_data<float>()) x = static_cast<float>(rng.normal());
  return tensor;
}

struct Convolution {
  Graph graph;
  NodeId node;
};

Convolution convolution(Rng& rng, std::int64_t groups) {
  Convolution made;
  made.graph.stage = Stage::canonical;
  Builder build(made.graph, all_ops());
  const ValueId x = made.graph.add_input("x", Type{DType::f32, {1, 5, 6, 4}});
  const ValueId w = made.graph.add_constant("w", random_tensor(rng, {groups == 1 ? 3 : 4, 3, 2, 4 / groups}));
  const ValueId y = build.emit("conv2d", "y", {x, w},
                               {{"strides", std::vector<std::int64_t>{2, 1}}, {"dilations", std::vector<std::int64_t>{1, 2}},
                                {"pads", std::vector<std::int64_t>{1, 0, 1, 1}}, {"groups", groups}}).value();
  made.graph.set_outputs({y});
  made.node = made.graph.value(y).producer();
  return made;
}

// Inputs that depend on each other, as activations do.
std::vector<Tensor> samples_of(Rng& rng, std::size_t count, std::int64_t inputs) {
  std::vector<Tensor> samples;
  for (std::size_t i = 0; i < count; ++i) {
    Tensor x = random_tensor(rng, {1, inputs});
    const auto values = x.mutable_data<float>();
    for (std::size_t k = 1; k < values.size(); ++k) values[k] = 0.8f * values[k - 1] + 0.6f * values[k] + 0.5f;
    samples.push_back(std::move(x));
  }
  return samples;
}

std::vector<SplitMoments> dense_moments(const Tensor& weights, const std::vector<Tensor>& inputs, const std::vector<Tensor>& wanted,
                                        int threads) {
  Graph graph;
  graph.stage = Stage::canonical;
  Builder build(graph, all_ops());
  const ValueId x = graph.add_input("x", Type{DType::f32, inputs.front().shape()});
  const ValueId y = build.emit("fully_connected", "y", {x, graph.add_constant("w", weights)}).value();
  const auto layer = DenseLayer::of(view(graph, graph.value(y).producer()));
  const Type& type = graph.value(x).type();
  return layer_moments(*layer, weights.data<float>(), {[&](std::size_t i) -> const Tensor& { return inputs[i]; }, &type},
                       {[&](std::size_t i) -> const Tensor& { return wanted[i]; }, &type}, inputs.size(), threads);
}

}  // namespace

TEST_CASE("rows of a layer times its weights are its results") {
  Rng rng(1);
  for (const std::int64_t groups : {1, 2, 4}) {
    const Convolution made = convolution(rng, groups);
    const NodeView node = view(made.graph, made.node);
    const DenseLayer layer = *DenseLayer::of(node);
    const Tensor x = random_tensor(rng, node.operand(0).shape);
    const std::vector<const Tensor*> in{&x, node.constant(1)};
    std::vector<Tensor> out{Tensor(DType::f32, node.result().shape)};
    REQUIRE((*node.op.eval_float)(node, in, out).ok());
    const auto y = out[0].data<float>();
    std::vector<float> row(layer.depth);
    for (std::size_t group = 0; group < layer.groups; ++group)
      for (std::size_t position = 0; position < layer.positions; ++position) {
        layer.gather(x, node.operand(0), group, position, row.data());
        const auto weights = layer.weights_of(node.constant(1)->data<float>(), group);
        for (std::size_t o = 0; o < layer.outputs; ++o) {
          double sum = 0;
          for (std::size_t k = 0; k < layer.depth; ++k) sum += row[k] * weights[o * layer.depth + k];
          CHECK(sum == Approx(y[(position * layer.groups + group) * layer.outputs + o]).margin(1e-5));
        }
      }
  }
}

TEST_CASE("least squares makes up for noise in what is read, and keeps zeros") {
  Rng rng(2);
  Tensor weights = random_tensor(rng, {3, 8});
  for (const std::size_t zero : {1u, 5u, 10u, 15u, 16u}) weights.mutable_data<float>()[zero] = 0;
  const auto wanted = samples_of(rng, 300, 8);
  auto read = wanted;
  for (Tensor& x : read)
    for (float& value : x.mutable_data<float>()) value += 0.5f * static_cast<float>(rng.normal());
  const SplitMoments moments = dense_moments(weights, read, wanted, 2).front();
  const auto given = weights.data<float>();
  const auto fitted = refit(moments.all, given, 0.01, 2);
  for (std::size_t i = 0; i < fitted.size(); ++i) CHECK((fitted[i] == 0) == (given[i] == 0));
  const auto before = squared_errors(moments.all, std::vector<double>(given.begin(), given.end()));
  const auto after = squared_errors(moments.all, fitted);
  for (std::size_t o = 0; o < 3; ++o) CHECK(after[o] < 0.9 * before[o]);
  CHECK(dense_moments(weights, read, wanted, 1).front().all.hessian == moments.all.hessian);
}

TEST_CASE("second-order rounding beats the nearest integers, within its levels and on the support") {
  Rng rng(3);
  Tensor weights = random_tensor(rng, {4, 24});
  for (std::size_t i = 0; i < 40; ++i) weights.mutable_data<float>()[i * 2] = 0;
  const auto inputs = samples_of(rng, 400, 24);
  const SplitMoments moments = dense_moments(weights, inputs, inputs, 2).front();
  const auto given = weights.data<float>();
  std::vector<float> scales;
  std::vector<std::int8_t> nearest;
  for (std::size_t o = 0; o < 4; ++o) {
    float largest = 0;
    for (std::size_t k = 0; k < 24; ++k) largest = std::max(largest, std::fabs(given[o * 24 + k]));
    scales.push_back(largest / 7);
    for (std::size_t k = 0; k < 24; ++k) nearest.push_back(static_cast<std::int8_t>(std::lround(given[o * 24 + k] / scales[o])));
  }
  const auto rounded = fit_and_round(moments, given, nearest, scales, std::vector<float>(4, 1e-3f), 7, 2);
  REQUIRE(rounded);
  for (std::size_t i = 0; i < given.size(); ++i) {
    CHECK(std::abs(rounded->stored[i]) <= 7);
    if (given[i] == 0) CHECK(rounded->stored[i] == 0);
  }
  const auto before = squared_errors(moments.all, scaled(nearest, scales));
  const auto after = squared_errors(moments.all, scaled(rounded->stored, rounded->scales));
  CHECK(std::accumulate(after.begin(), after.end(), 0.0) < 0.6 * std::accumulate(before.begin(), before.end(), 0.0));
}

TEST_CASE("inputs without variance leave the nearest integers") {
  const std::vector<Tensor> inputs(8, Tensor::of<float>({1, 3}, std::vector<float>{1, 2, 3}));
  const Tensor weights = Tensor::of<float>({1, 3}, std::vector<float>{0.9f, -2.2f, 3.4f});
  const SplitMoments moments = dense_moments(weights, inputs, inputs, 1).front();
  const std::vector<float> scale{1};
  const auto rounded = round_weights(moments.all, refit(moments.all, weights.data<float>(), 0.01, 1), scale, {}, 127, 0.01, 1);
  CHECK(rounded.stored == std::vector<std::int8_t>{1, -2, 3});
}

}  // namespace tinyc
