// The C requantization in each of its forms against lib/quant.
#include <catch2/catch.hpp>

#include <cmath>
#include <cstring>

#include "lib/quant/requantize.h"
#include "lib/support/rng.h"

namespace long_multiply {
#include "lib/runtime/requantize.h"
}
#undef TINYC_RUNTIME_COMMON_H
#undef TINYC_RUNTIME_REQUANTIZE_H
#undef TINYC_MUL_LONG
#undef TINYC_DSP
#define TINYC_NO_MUL_LONG
namespace short_multiply {
#include "lib/runtime/requantize.h"
}

using namespace tinyc;

TEST_CASE("the runtime requantizes as the interpreter does, with and without a long multiply") {
  Rng rng(4);
  for (int i = 0; i < 200000; ++i) {
    const Requantizer r = make_requantizer(std::exp2(rng.uniform(-34, 10)));
    const std::int64_t bound = (std::int64_t{1} << (31 - r.left_shift)) - 1;
    const std::int64_t magnitude = bound >> rng.integer(0, 30 - r.left_shift);
    const auto acc = static_cast<std::int32_t>(i % 16 == 0 ? bound : i % 16 == 1 ? -bound : rng.integer(-magnitude, magnitude));
    const auto zero_point = static_cast<std::int32_t>(rng.integer(-128, 127));
    const std::int32_t expected = requantize(acc, r, zero_point);
    REQUIRE(long_multiply::tinyc_requantize(acc, r.multiplier, r.left_shift, zero_point) == expected);
    REQUIRE(short_multiply::tinyc_requantize(acc, r.multiplier, r.left_shift, zero_point) == expected);
  }
}
