#include "lib/quant/weight_scale.h"

#include <catch2/catch.hpp>

#include <cmath>

#include "lib/quant/requantize.h"
#include "lib/support/rng.h"

using namespace tinyc;

namespace {

constexpr std::int64_t int32_range = std::int64_t{1} << 31;

std::vector<std::int8_t> quantized(std::span<const float> weights, float scale) {
  std::vector<std::int8_t> stored;
  for (const float w : weights) stored.push_back(quantize_weight(w, scale));
  return stored;
}

}  // namespace

TEST_CASE("ordinary channels use the whole int8 range") {
  const std::vector<float> weights{0.5f, -1.27f, 0.1f, 0.2f, 0.254f, -0.01f};
  const auto scales = safe_weight_scales(weights, std::vector<float>{0.3f, -7}, 0.02);
  REQUIRE(scales.size() == 2);
  CHECK(scales[0] == Approx(0.01).epsilon(1e-6));
  CHECK(scales[1] == Approx(0.002).epsilon(1e-6));
  CHECK(quantize_weight(-1.27f, scales[0]) == -127);
  CHECK(quantize_bias(0.3f, 0.02, scales[0]) == 1500);
}

TEST_CASE("no accumulator overflows, whatever the weights and biases") {
  Rng rng(5);
  for (int round = 0; round < 300; ++round) {
    const auto channels = static_cast<std::size_t>(rng.integer(1, 6));
    const auto taps = static_cast<std::size_t>(round % 50 == 0 ? 100000 : rng.integer(1, 300));
    const double input_scale = std::exp(rng.uniform(-20, 10));
    std::vector<float> weights, bias;
    for (std::size_t c = 0; c < channels; ++c) {
      const double size = round % 7 == 0 && c == 0 ? 0 : std::exp(rng.uniform(-60, 20));
      for (std::size_t k = 0; k < taps; ++k)
        weights.push_back(static_cast<float>(round % 3 == 0 ? size : size * rng.uniform(-1, 1)));
      bias.push_back(static_cast<float>(std::exp(rng.uniform(-30, 30)) * (rng.integer(0, 1) ? 1 : -1)));
    }
    const auto scales = safe_weight_scales(weights, bias, input_scale);
    const float largest = *std::max_element(scales.begin(), scales.end());
    std::int64_t bound = 0;
    std::vector<double> ratios;
    for (std::size_t c = 0; c < channels; ++c) {
      REQUIRE(std::isnormal(scales[c]));
      REQUIRE(scales[c] >= largest * 0x1p-14);
      const auto stored = quantized(std::span<const float>(weights).subspan(c * taps, taps), scales[c]);
      bound = std::max(bound, accumulator_bound(stored, quantize_bias(bias[c], input_scale, scales[c])));
    }
    REQUIRE(bound < int32_range);
    const double result_scale = smallest_result_scale(input_scale, scales, bound);
    for (const float scale : scales) ratios.push_back(input_scale * scale / result_scale);
    const auto requantizers = make_requantizers(ratios);
    REQUIRE((bound << requantizers.front().left_shift) <= int32_range);
  }
}

TEST_CASE("a layer of zeros, and a dead channel next to a live one") {
  CHECK(safe_weight_scales(std::vector<float>{0, 0}, std::vector<float>{0}, 0.1) == std::vector<float>{1});
  const auto scales = safe_weight_scales(std::vector<float>{127, 1e-30f}, std::vector<float>{0, 3}, 0.1);
  CHECK(scales[0] == 1);
  CHECK(scales[1] == 0x1p-14f);
  CHECK(quantize_weight(1e-30f, scales[1]) == 0);
}
