#include "lib/train/fake_quantize.h"

#include <Eigen/Core>

#include <algorithm>
#include <cmath>

#include "lib/quant/requantize.h"

namespace tinyc::train {
namespace {

using Reals = Eigen::Map<const Eigen::ArrayXf>;
using MutableReals = Eigen::Map<Eigen::ArrayXf>;

// Added and taken away, rounds a float below 2^22 to the nearest integer.
constexpr float to_integer = 0x1.8p23f;

// int8 of a range: real = scale * steps for whole steps within [low, high].
struct Grid {
  float scale, low, high;
};

Grid grid_of(const Value::Range& range) {
  const Quantization q = affine_i8(static_cast<double>(range.low), static_cast<double>(range.high));
  const auto zero = static_cast<float>(q.zero_point.front());
  return {q.scale.front(), -128 - zero, 127 - zero};
}

Reals reals_of(const Tensor& tensor) {
  const auto values = tensor.data<float>();
  return {values.data(), static_cast<Eigen::Index>(values.size())};
}
MutableReals reals_of(Tensor& tensor) {
  const auto values = tensor.mutable_data<float>();
  return {values.data(), static_cast<Eigen::Index>(values.size())};
}

double squared_error(const Eigen::ArrayXf& weights, float scale, float levels) {
  const Eigen::ArrayXf steps = ((weights / scale).max(-levels).min(levels) + to_integer) - to_integer;
  return static_cast<double>((weights - steps * scale).square().sum());
}

// The scale of one channel.
float best_scale(const Eigen::ArrayXf& weights, int bits) {
  const float levels = bits == 4 ? 7.0f : 127.0f;
  const float widest = weights.size() == 0 ? 0 : weights.abs().maxCoeff() / levels;
  if (!(widest > 0)) return 1;
  if (bits != 4) return widest;
  constexpr int candidates = 24;
  float best = widest;
  double least = squared_error(weights, widest, levels);
  for (int i = 1; i < candidates; ++i) {
    const float scale = widest * (1 - 0.6f * static_cast<float>(i) / candidates);
    const double error = squared_error(weights, scale, levels);
    if (error < least) least = error, best = scale;
  }
  return best;
}

// Calls f(channel, indices of its weights).
template <class F>
void each_channel(const Shape& shape, int axis, F f) {
  const std::int64_t channels = shape[axis], inner = shape.strides()[static_cast<std::size_t>(axis)];
  const std::int64_t outer = channels == 0 ? 0 : shape.elements() / (channels * inner);
  std::vector<std::size_t> indices(static_cast<std::size_t>(outer * inner));
  for (std::int64_t c = 0; c < channels; ++c) {
    std::size_t next = 0;
    for (std::int64_t o = 0; o < outer; ++o)
      for (std::int64_t i = 0; i < inner; ++i) indices[next++] = static_cast<std::size_t>((o * channels + c) * inner + i);
    f(static_cast<std::size_t>(c), indices);
  }
}

}  // namespace

Tensor held_in(const Tensor& real, const Value::Range& range) {
  const Grid grid = grid_of(range);
  Tensor held(DType::f32, real.shape());
  reals_of(held) = (((reals_of(real) / grid.scale).max(grid.low).min(grid.high) + to_integer) - to_integer) * grid.scale;
  return held;
}

void through_rounding(const Tensor& real, const Value::Range& range, Tensor& gradient, RangeGradient& by_range) {
  const Grid grid = grid_of(range);
  const auto x = real.data<float>();
  const auto g = gradient.mutable_data<float>();
  const float inverse = 1 / grid.scale;
  float within = 0, below = 0, above = 0;
  for (std::size_t i = 0; i < x.size(); ++i) {
    const float steps = x[i] * inverse, slope = g[i];
    if (steps < grid.low) {
      below += slope;
      g[i] = 0;
    } else if (steps > grid.high) {
      above += slope;
      g[i] = 0;
    } else {
      within += slope * (((steps + to_integer) - to_integer) - steps);
    }
  }
  by_range.low += static_cast<double>(below - within / 255);
  by_range.high += static_cast<double>(above + within / 255);
}

std::vector<float> weight_scales(const Tensor& weights, int axis, int bits) {
  std::vector<float> scales;
  const auto w = weights.data<float>();
  each_channel(weights.shape(), axis, [&](std::size_t, const std::vector<std::size_t>& indices) {
    Eigen::ArrayXf channel(static_cast<Eigen::Index>(indices.size()));
    for (std::size_t i = 0; i < indices.size(); ++i) channel[static_cast<Eigen::Index>(i)] = w[indices[i]];
    scales.push_back(best_scale(channel, bits));
  });
  return scales;
}

Tensor held_weights(const Tensor& weights, int axis, int bits) {
  const float levels = bits == 4 ? 7.0f : 127.0f;
  const std::vector<float> scales = weight_scales(weights, axis, bits);
  Tensor held(DType::f32, weights.shape());
  const auto from = weights.data<float>();
  const auto to = held.mutable_data<float>();
  each_channel(weights.shape(), axis, [&](std::size_t c, const std::vector<std::size_t>& indices) {
    for (const std::size_t i : indices)
      to[i] = ((std::clamp(from[i] / scales[c], -levels, levels) + to_integer) - to_integer) * scales[c];
  });
  return held;
}

}  // namespace tinyc::train
