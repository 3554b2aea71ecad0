#include "lib/quant/softmax_params.h"

#include <catch2/catch.hpp>

#include <cmath>
#include <cstdlib>

using namespace tinyc;

TEST_CASE("the table of a softmax holds exp and sums within 32 bits") {
  for (const std::int64_t size : {1, 2, 511, 512, 1000, 1 << 23})
    for (const double scale : {1e-6, 0.01, 0.2, 5.0, 1e6}) {
      CAPTURE(size, scale);
      const auto table = make_softmax_table(scale, size);
      REQUIRE(!table.empty());
      REQUIRE(table.size() <= 256);
      CHECK(table[0] <= 1u << 23);
      CHECK(static_cast<std::uint64_t>(table[0]) * static_cast<std::uint64_t>(size) < std::uint64_t{1} << 32);
      for (std::size_t d = 0; d < table.size(); ++d)
        CHECK(std::abs(table[d] - table[0] * std::exp(-static_cast<double>(d) * scale)) <= 0.5 + 1e-6);
      if (table.size() < 256) CHECK(table[0] * std::exp(-static_cast<double>(table.size()) * scale) < 0.5 + 1e-6);
    }
}
