#pragma once
// Light variations of samples, for training from few of them.

#include <vector>

#include "lib/data/dataset.h"
#include "lib/support/rng.h"

namespace tinyc::train {

// Sample `index` of the list, varied: axes of 16 elements and more (of inputs with at least three axes) are shifted by up to a
// sixteenth, the border repeated; half of the samples are mixed with up to as much of another one (mixup, Zhang et al. 2018).
// Float inputs only.
std::vector<Tensor> vary(const std::vector<std::vector<Tensor>>& samples, std::size_t index, Rng& rng);

}  // namespace tinyc::train
