#pragma once
// What the derivatives of the operators share (OpDef::gradient).

#include <cmath>
#include <span>
#include <vector>

#include "lib/ops/elementwise.h"
#include "lib/ops/movement.h"

namespace tinyc::ops {

// The gradient by a result before its clamp: zero where the attributes clamp_low and clamp_high bound it.
Tensor through_clamp(const Attributes& attributes, const Tensor& out, const Tensor& out_gradient);

// Adds the gradient of bias[c], the last axis of the result.
void add_bias_gradient(std::span<const float> out_gradient, std::span<float> bias_gradient);

// The same elements in the same order: views.
Status view_gradient(const NodeView& node, std::span<const Tensor* const> in, std::span<const Tensor* const> out,
                     std::span<const Tensor* const> out_gradients, std::span<Tensor* const> in_gradients);

// A function of one operand, element by element. Slope is made from the attributes; slope(x, y) is the derivative at x,
// where the function is y.
template <class Slope>
Status unary_gradient(const NodeView& node, std::span<const Tensor* const> in, std::span<const Tensor* const> out,
                      std::span<const Tensor* const> out_gradients, std::span<Tensor* const> in_gradients) {
  if (!in_gradients[0]) return {};
  const Slope slope(node.attributes);
  const auto x = in[0]->data<float>(), y = out[0]->data<float>(), g = out_gradients[0]->data<float>();
  const auto to = in_gradients[0]->mutable_data<float>();
  for (std::size_t i = 0; i < x.size(); ++i)
    to[i] += g[i] * static_cast<float>(slope(static_cast<double>(x[i]), static_cast<double>(y[i])));
  return {};
}

// A slope that no attribute matters for.
template <auto function>
struct SlopeOf {
  explicit SlopeOf(const Attributes&) {}
  double operator()(double x, double y) const { return function(x, y); }
};

// Adds g * slope_a(a, b) and g * slope_b(a, b) to the gradients of two operands that broadcast, where they are wanted.
template <class SlopeA, class SlopeB>
Status binary_gradient(const NodeView& node, std::span<const Tensor* const> in, std::span<const Tensor* const> out,
                       std::span<const Tensor* const> out_gradients, std::span<Tensor* const> in_gradients,
                       SlopeA slope_a, SlopeB slope_b) {
  const Tensor gradient = through_clamp(node.attributes, *out[0], *out_gradients[0]);
  const std::array<Shape, 2> shapes{in[0]->shape(), in[1]->shape()};
  const BroadcastLoops loops = broadcast_loops(out[0]->shape(), shapes);
  const auto stride = loops.stride.back();
  const float *a = in[0]->data<float>().data(), *b = in[1]->data<float>().data(), *g = gradient.data<float>().data();
  float* to_a = in_gradients[0] ? in_gradients[0]->mutable_data<float>().data() : nullptr;
  float* to_b = in_gradients[1] ? in_gradients[1]->mutable_data<float>().data() : nullptr;
  for_each_run(loops, [&](std::int64_t first, std::int64_t n, const std::array<std::int64_t, 3>& at) {
    for (std::int64_t i = 0; to_a && i < n; ++i)
      to_a[at[0] + i * stride[0]] += g[first + i] * slope_a(a[at[0] + i * stride[0]], b[at[1] + i * stride[1]]);
    for (std::int64_t i = 0; to_b && i < n; ++i)
      to_b[at[1] + i * stride[1]] += g[first + i] * slope_b(a[at[0] + i * stride[0]], b[at[1] + i * stride[1]]);
  });
  return {};
}

}  // namespace tinyc::ops
