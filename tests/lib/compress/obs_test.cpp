#include "lib/compress/obs.h"

#include <algorithm>
#include <catch2/catch.hpp>
#include <numeric>

#include "lib/compress/weight_fit.h"
#include "lib/support/rng.h"

namespace tinyc {
namespace {

// Moments of rows that a random matrix mixes, with the targets that `weights` make of them.
Moments mixed_moments(Rng& rng, std::size_t depth, const std::vector<float>& weights) {
  std::vector<double> mix(depth * depth);
  for (double& m : mix) m = rng.normal();
  Moments moments;
  moments.depth = depth;
  moments.outputs = weights.size() / depth;
  moments.rows = 1000;
  moments.mean.assign(depth, 0);
  moments.target_mean.assign(moments.outputs, 0);
  moments.hessian.assign(depth * depth, 0);
  for (std::size_t i = 0; i < depth; ++i)
    for (std::size_t j = 0; j < depth; ++j)
      for (std::size_t k = 0; k < depth; ++k) moments.hessian[i * depth + j] += mix[i * depth + k] * mix[j * depth + k];
  moments.cross.assign(depth * moments.outputs, 0);
  moments.target_power.assign(moments.outputs, 0);
  for (std::size_t o = 0; o < moments.outputs; ++o)
    for (std::size_t i = 0; i < depth; ++i)
      for (std::size_t j = 0; j < depth; ++j) moments.cross[i * moments.outputs + o] += moments.hessian[i * depth + j] * weights[o * depth + j];
  for (std::size_t o = 0; o < moments.outputs; ++o)
    for (std::size_t i = 0; i < depth; ++i) moments.target_power[o] += weights[o * depth + i] * moments.cross[i * moments.outputs + o];
  return moments;
}

std::vector<float> random_weights(Rng& rng, std::size_t count) {
  std::vector<float> weights(count);
  for (float& w : weights) w = static_cast<float>(rng.normal());
  return weights;
}

double total(const std::vector<double>& values) { return std::accumulate(values.begin(), values.end(), 0.0); }

}  // namespace

TEST_CASE("the losses of a trace are what the weights that stay cannot make up for") {
  Rng rng(11);
  const std::size_t depth = 40;
  for (const bool pairs : {false, true}) {
    const std::vector<float> weights = random_weights(rng, 2 * depth);
    const Moments moments = mixed_moments(rng, depth, weights);
    PruneStrip strip{{0, 1}, {}};
    if (pairs) for (std::size_t k = 0; k < depth; k += 2) strip.groups.push_back({k, k + 1});
    else for (std::size_t k = 0; k < depth; ++k) strip.groups.push_back({k});
    const PruneTrace trace = prune_traces(moments, weights, {strip}, 0.5, 2).front();
    REQUIRE(trace.order.size() == strip.groups.size() / 2);
    std::vector<float> left = weights;
    for (const std::size_t group : trace.order)
      for (const std::size_t k : strip.groups[group]) left[k] = left[depth + k] = 0;
    const double actual = total(squared_errors(moments, refit(moments, left, 0.01, 1)));
    CHECK(total(trace.losses) == Approx(actual).epsilon(0.1));
    // The same number of the smallest weights costs more.
    std::vector<std::size_t> by_size(strip.groups.size());
    std::iota(by_size.begin(), by_size.end(), std::size_t{0});
    const auto size = [&](std::size_t group) {
      double sum = 0;
      for (const std::size_t k : strip.groups[group]) sum += weights[k] * weights[k] + weights[depth + k] * weights[depth + k];
      return sum;
    };
    std::sort(by_size.begin(), by_size.end(), [&](std::size_t a, std::size_t b) { return size(a) < size(b); });
    std::vector<float> smallest = weights;
    for (std::size_t i = 0; i < trace.order.size(); ++i)
      for (const std::size_t k : strip.groups[by_size[i]]) smallest[k] = smallest[depth + k] = 0;
    CHECK(actual < 0.95 * total(squared_errors(moments, refit(moments, smallest, 0.01, 1))));
  }
}

TEST_CASE("weights that are zero go first and cost nothing") {
  Rng rng(12);
  std::vector<float> weights = random_weights(rng, 8);
  weights[3] = weights[6] = 0;
  const Moments moments = mixed_moments(rng, 8, weights);
  PruneStrip strip{{0}, {{0}, {1}, {2}, {3}, {4}, {5}, {6}, {7}}};
  const PruneTrace trace = prune_traces(moments, weights, {strip}, 0.5, 1).front();
  CHECK(std::vector<std::size_t>(trace.order.begin(), trace.order.begin() + 2) == std::vector<std::size_t>{3, 6});
  CHECK(trace.losses[1] == 0);
  CHECK(trace.losses[2] > 0);
}

}  // namespace tinyc
