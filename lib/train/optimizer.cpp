#include "lib/train/optimizer.h"

#include <cmath>

namespace tinyc::train {

void Adam::step(std::vector<Tensor>& values, const std::vector<Tensor>& gradients,
                const std::vector<std::vector<bool>>& frozen, double factor) {
  constexpr double decay = 0.9, square_decay = 0.999;
  ++steps_;
  const double mean_scale = 1 / (1 - std::pow(decay, steps_)), square_scale = 1 / (1 - std::pow(square_decay, steps_));
  for (std::size_t k = 0; k < values.size(); ++k) {
    const auto w = values[k].mutable_data<float>();
    const auto g = gradients[k].data<float>();
    auto& [mean, square] = moments_[k];
    mean.resize(w.size(), 0.0f);
    square.resize(w.size(), 0.0f);
    const auto rate = static_cast<float>(rates_[k] * factor * mean_scale), scale = static_cast<float>(square_scale);
    for (std::size_t i = 0; i < w.size(); ++i) {
      if (!frozen[k].empty() && frozen[k][i]) continue;
      mean[i] = static_cast<float>(decay) * mean[i] + static_cast<float>(1 - decay) * g[i];
      square[i] = static_cast<float>(square_decay) * square[i] + static_cast<float>(1 - square_decay) * g[i] * g[i];
      w[i] -= rate * mean[i] / (std::sqrt(square[i] * scale) + 1e-12f);
    }
  }
}

}  // namespace tinyc::train
