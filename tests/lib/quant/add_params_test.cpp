#include "lib/quant/add_params.h"

#include <catch2/catch.hpp>

#include <cmath>
#include <cstdlib>

#include "lib/support/rng.h"

using namespace tinyc;

namespace {

Quantization random_parameters(Rng& rng, double low, double high) {
  return Quantization::per_tensor(static_cast<float>(std::exp2(rng.uniform(low, high))),
                                  static_cast<std::int32_t>(rng.integer(-128, 127)));
}

}  // namespace

TEST_CASE("the integers of a sum are within their rounding of the real sum") {
  Rng rng(1);
  for (int i = 0; i < 4000; ++i) {
    const Quantization a = random_parameters(rng, -10, 0), b = random_parameters(rng, -10, 0);
    const Quantization result = random_parameters(rng, -8, 2);
    const int sign = i % 2 ? 1 : -1;
    const AddParams params = make_add_params(a, b, result, sign);
    const double sa = static_cast<double>(a.scale[0]) / static_cast<double>(result.scale[0]);
    const double sb = static_cast<double>(b.scale[0]) / static_cast<double>(result.scale[0]);
    for (int k = 0; k < 40; ++k) {
      const auto x = static_cast<std::int32_t>(rng.integer(-128, 127)), y = static_cast<std::int32_t>(rng.integer(-128, 127));
      const double dx = x - a.zero_point[0], dy = y - b.zero_point[0];
      const double exact = result.zero_point[0] + sa * dx + sign * sb * dy;
      const double bound = 0.5 + std::ldexp(std::abs(dx) + std::abs(dy), -params.shift - 1);
      REQUIRE(std::abs(params(x, y) - exact) <= bound + 1e-9);
    }
  }
}

TEST_CASE("no sum overflows and every multiplier fits 16 bits, for any scales") {
  Rng rng(2);
  for (int i = 0; i < 20000; ++i) {
    const Quantization a = random_parameters(rng, -120, 120), b = random_parameters(rng, -120, 120);
    const AddParams params = make_add_params(a, b, random_parameters(rng, -120, 120), i % 2 ? 1 : -1);
    REQUIRE(std::abs(params.multiplier_a) <= 32767);
    REQUIRE(std::abs(params.multiplier_b) <= 32767);
    REQUIRE(params.shift >= 0);
    REQUIRE(params.shift <= 22);
    for (const std::int64_t x : {-128, 127})
      for (const std::int64_t y : {-128, 127}) {
        const std::int64_t sum = x * params.multiplier_a + y * params.multiplier_b + params.offset;
        REQUIRE(std::abs(sum) < std::int64_t{1} << 30);
      }
  }
}

TEST_CASE("equal scales and zero points make a saturating addition") {
  const Quantization q = Quantization::per_tensor(0.1f, 0);
  const AddParams params = make_add_params(q, q, q);
  for (int x = -128; x < 128; ++x)
    for (int y = -128; y < 128; ++y) REQUIRE(params(x, y) == x + y);
}
