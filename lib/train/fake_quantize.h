#pragma once
// Real tensors rounded to what int8 would hold, and the derivatives of that: straight through the rounding, none beyond the
// range, and those by the range itself.

#include <cstdint>
#include <vector>

#include "lib/ir/graph.h"

namespace tinyc::train {

// Derivatives of a loss by the ends of a range.
struct RangeGradient {
  double low = 0, high = 0;
};

// What int8 with the parameters that quantization makes of `range` holds of the tensor.
Tensor held_in(const Tensor& real, const Value::Range& range);

// From the gradient by what is held to that by the real values; adds to that of the range. Within it, a step of the range moves
// every value by its rounding (learned step sizes, Esser et al. 2020); beyond, values move with the end.
void through_rounding(const Tensor& real, const Value::Range& range, Tensor& gradient, RangeGradient& by_range);

// Weights with one scale per channel along `axis`, of least squared error for `bits` (8 or 4), symmetric: the scales, and the
// weights rounded with them. Zeros stay zero.
std::vector<float> weight_scales(const Tensor& weights, int axis, int bits);
Tensor held_weights(const Tensor& weights, int axis, int bits);

}  // namespace tinyc::train
