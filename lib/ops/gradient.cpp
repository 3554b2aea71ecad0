#include "lib/ops/gradient.h"

#include <limits>

namespace tinyc::ops {

Tensor through_clamp(const Attributes& attributes, const Tensor& out, const Tensor& out_gradient) {
  if (!attributes.has("clamp_low") && !attributes.has("clamp_high")) return out_gradient;
  constexpr double unbounded = std::numeric_limits<double>::infinity();
  const auto low = static_cast<float>(attributes.real_or("clamp_low", -unbounded));
  const auto high = static_cast<float>(attributes.real_or("clamp_high", unbounded));
  Tensor gradient = out_gradient;
  const auto y = out.data<float>();
  const auto g = gradient.mutable_data<float>();
  for (std::size_t i = 0; i < g.size(); ++i) g[i] = y[i] > low && y[i] < high ? g[i] : 0.0f;
  return gradient;
}

void add_bias_gradient(std::span<const float> out_gradient, std::span<float> bias_gradient) {
  for (std::size_t i = 0; i < out_gradient.size(); i += bias_gradient.size())
    for (std::size_t c = 0; c < bias_gradient.size(); ++c) bias_gradient[c] += out_gradient[i + c];
}

Status view_gradient(const NodeView&, std::span<const Tensor* const>, std::span<const Tensor* const>,
                     std::span<const Tensor* const> out_gradients, std::span<Tensor* const> in_gradients) {
  if (!in_gradients[0]) return {};
  const auto g = out_gradients[0]->data<float>();
  const auto to = in_gradients[0]->mutable_data<float>();
  for (std::size_t i = 0; i < g.size(); ++i) to[i] += g[i];
  return {};
}

}  // namespace tinyc::ops
