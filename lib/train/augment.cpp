#include "lib/train/augment.h"

#include <algorithm>

namespace tinyc::train {
namespace {

constexpr std::int64_t shift_share = 16;

// The elements moved by `steps` along an axis.
Tensor shifted(const Tensor& tensor, int axis, std::int64_t steps) {
  if (steps == 0) return tensor;
  const std::int64_t size = tensor.shape()[axis], inner = tensor.shape().strides()[static_cast<std::size_t>(axis)];
  Tensor result(DType::f32, tensor.shape());
  const float* from = tensor.data<float>().data();
  float* to = result.mutable_data<float>().data();
  for (std::int64_t outer = 0; outer < tensor.elements() / (size * inner); ++outer)
    for (std::int64_t i = 0; i < size; ++i, to += inner)
      std::copy_n(from + (outer * size + std::clamp<std::int64_t>(i - steps, 0, size - 1)) * inner, inner, to);
  return result;
}

}  // namespace

std::vector<Tensor> vary(const std::vector<std::vector<Tensor>>& samples, std::size_t index, Rng& rng) {
  std::vector<Tensor> inputs = samples[index];
  const bool mixes = rng.uniform() < 0.5;
  const auto other = static_cast<std::size_t>(rng.integer(0, static_cast<std::int64_t>(samples.size()) - 1));
  const auto share = static_cast<float>(rng.uniform(0, 0.5));
  for (std::size_t k = 0; k < inputs.size(); ++k) {
    if (inputs[k].dtype() != DType::f32) continue;
    const Shape shape = inputs[k].shape();
    for (int axis = 0; shape.rank() >= 3 && axis < shape.rank(); ++axis)
      if (const std::int64_t most = shape[axis] / shift_share; most > 0)
        inputs[k] = shifted(inputs[k], axis, rng.integer(-most, most));
    if (!mixes) continue;
    const auto with = samples[other][k].data<float>();
    const auto x = inputs[k].mutable_data<float>();
    for (std::size_t i = 0; i < x.size(); ++i) x[i] += share * (with[i] - x[i]);
  }
  return inputs;
}

}  // namespace tinyc::train
