#include "lib/quant/summed_table.h"

#include <catch2/catch.hpp>

#include <cmath>

#include "lib/quant/requantize.h"
#include "lib/support/rng.h"

using namespace tinyc;

TEST_CASE("a summed table gives the rounded result of the real function, to a step where rounding is close") {
  Rng rng(3);
  for (int round = 0; round < 60; ++round) {
    const auto x = Quantization::per_tensor(static_cast<float>(std::exp2(rng.uniform(-8, 4))),
                                            static_cast<std::int32_t>(rng.integer(-128, 127)));
    const std::int64_t count = rng.integer(1, round % 2 ? 9 : 3000);
    const double largest = std::sqrt(static_cast<double>(count)) * x.scale.front() * 200;
    const auto y = Quantization::per_tensor(static_cast<float>(largest / 255), -128);
    const auto norm = [](double sum) { return std::sqrt(sum); };
    const SummedTable table = make_summed_table(x, y, {}, count, [](double v) { return v * v; }, norm);
    REQUIRE(table.map.size() == 256);
    REQUIRE(table.thresholds.size() == 255);
    for (int i = 0; i < 20; ++i) {
      std::int64_t sum = 0;
      double real = 0;
      for (std::int64_t k = 0; k < count; ++k) {
        const std::int64_t stored = i == 0 ? -128 : i == 1 ? 127 : rng.integer(-128, 127);
        sum += table.map[static_cast<std::size_t>(stored + 128)];
        real += std::pow(x.scale.front() * static_cast<double>(stored - x.zero_point.front()), 2);
      }
      REQUIRE(std::llabs(sum) < std::int64_t{1} << 31);
      const double exact = std::min(norm(real) / y.scale.front() - 128, 127.0);
      CHECK(std::fabs(table.stored(static_cast<std::int32_t>(sum)) - exact) <= 0.5 + 1e-3);
    }
  }
}

TEST_CASE("a summed table keeps to the bounds and gives the least result where the function is not defined") {
  const auto x = Quantization::per_tensor(0.1f, 0), y = Quantization::per_tensor(0.05f, 10);
  const SummedTable table = make_summed_table(
      x, y, {-20, 30}, 4, [](double v) { return v; }, [](double v) { return std::log(v); });
  CHECK(table.stored(-1000) == -20);
  CHECK(table.stored(0) == -20);
  CHECK(table.stored(2147483646) == 30);
}
