#include "lib/quant/log_softmax_params.h"

#include <catch2/catch.hpp>

#include <algorithm>
#include <cmath>

#include "lib/support/rng.h"

using namespace tinyc;

TEST_CASE("an integer log-softmax is within a step of the real one") {
  Rng rng(5);
  for (int round = 0; round < 200; ++round) {
    const auto size = static_cast<std::size_t>(rng.integer(1, round % 2 ? 20 : 1000));
    const double scale = std::exp2(rng.uniform(-8, 0));
    const auto x = Quantization::per_tensor(static_cast<float>(scale), 0);
    const auto y = Quantization::per_tensor(static_cast<float>(scale * rng.uniform(0.5, 2) + 0.02), 127);
    const LogSoftmaxParams params = make_log_softmax_params(x, y, static_cast<std::int64_t>(size));
    std::vector<int> stored(size);
    for (int& value : stored) value = static_cast<int>(rng.integer(-128, 127));
    const int largest = *std::max_element(stored.begin(), stored.end());
    std::uint32_t sum = 0;
    double real = 0;
    for (const int value : stored) {
      const auto d = static_cast<std::size_t>(largest - value);
      sum += d < params.table.size() ? params.table[d] : 0;
      real += std::exp(scale * (value - largest));
    }
    for (const int value : stored) {
      const double exact = (scale * (value - largest) - std::log(real)) / y.scale.front() + 127;
      CHECK(std::fabs(params(largest - value, sum) - exact) < 0.5 + 0.003 / y.scale.front() + 0.01);
    }
  }
}
