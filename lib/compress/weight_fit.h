#pragma once
// The weights of a layer that come nearest to its targets: by least squares, and on a grid of integers.
//
// With H the covariance of what the layer reads and C its covariance with the targets, the mean squared error of weights w is
// w H w - 2 w C plus what no weights can change; the bias takes care of the means. Sources: ridge regression; second-order
// rounding after Frantar et al., "GPTQ" (2022), and coordinate descent.

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "lib/compress/moments.h"

namespace tinyc {

// `ridge`: the share of the hessian's mean diagonal that is added to it: how strongly weights are held to the given ones, and
// the damping of rounding. The more inputs a layer has for the rows that were seen, the larger the best one is.

// Least squares from `weights` [outputs, depth]; zeros stay zeros.
std::vector<double> refit(const Moments& moments, std::span<const float> weights, double ridge, int threads);

// The same with the ridge that does best on the odd samples where the even ones are fitted.
std::vector<double> refit_chosen(const SplitMoments& moments, std::span<const float> weights, int threads);

// Integers in [-levels, levels] with the given scale, one per output, so that integers times scales come near to
// `wanted` [outputs, depth] where it matters; zeros stay zeros. Where `least_scales` is not empty, every scale may shrink to no
// less than that, if this makes the error smaller.
struct RoundedWeights {
  std::vector<std::int8_t> stored;
  std::vector<float> scales;
};
RoundedWeights round_weights(const Moments& moments, std::span<const double> wanted, std::span<const float> scales,
                             std::span<const float> least_scales, int levels, double ridge, int threads);

// refit and round_weights with the ridges that prove best where the even samples are fitted and the odd ones are measured;
// nothing where the integers `plain` with `scales` do better there.
std::optional<RoundedWeights> fit_and_round(const SplitMoments& moments, std::span<const float> weights,
                                            std::span<const std::int8_t> plain, std::span<const float> scales,
                                            std::span<const float> least_scales, int levels, int threads);

// Integers times scales, one per `depth` of them.
std::vector<double> scaled(std::span<const std::int8_t> stored, std::span<const float> scales);

}  // namespace tinyc
