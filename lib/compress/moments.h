#pragma once
// Second moments of what a layer reads and of what it shall yield: all that least squares, rounding and pruning need to know.

#include <cstdint>
#include <functional>
#include <vector>

#include "lib/compress/dense_layer.h"

namespace tinyc {

// Of one group of a layer, over sampled rows. Matrices are row by row.
struct Moments {
  std::size_t depth = 0, outputs = 0;
  double rows = 0;
  std::vector<double> mean;         // [depth] of the rows read
  std::vector<double> target_mean;  // [outputs]
  std::vector<double> hessian;      // [depth, depth] covariance of the rows
  std::vector<double> cross;        // [depth, outputs] covariance of rows and targets
  std::vector<double> target_power; // [outputs] variance of the targets
  double mean_diagonal() const;     // of the hessian
};

// Values of a layer's operand, one per sample, with their type.
struct LayerInputs {
  std::function<const Tensor&(std::size_t sample)> at;
  const Type* type = nullptr;
};

// Of the same rows: even samples, odd ones (none when there is one sample only), and both.
struct SplitMoments {
  Moments even, odd, all;
};

// One per group. The rows are those of `inputs`; the targets are what `weights` [groups * outputs, depth] make of the same rows
// of `wanted`, without bias. At most about 20,000 rows are used, fewer for deep layers, spread over samples and positions in the
// same way whatever the number of threads.
std::vector<SplitMoments> layer_moments(const DenseLayer& layer, std::span<const float> weights, const LayerInputs& inputs,
                                        const LayerInputs& wanted, std::size_t samples, int threads);

// The mean squared difference between the targets and what weights [outputs, depth] make of the rows, with the best bias; one per
// output.
std::vector<double> squared_errors(const Moments& moments, std::span<const double> weights);

}  // namespace tinyc
