#include "lib/quant/clamp.h"

#include <catch2/catch.hpp>

using namespace tinyc;

TEST_CASE("a fused activation bounds the stored value") {
  const Quantization q = Quantization::per_tensor(0.5f, -100);
  CHECK(clamp_bounds({}, q).is_full());
  const ClampBounds relu = clamp_bounds({{"clamp_low", 0.0}}, q);
  CHECK(relu.low == -100);
  CHECK(relu.high == 127);
  const ClampBounds relu6 = clamp_bounds({{"clamp_low", 0.0}, {"clamp_high", 6.0}}, q);
  CHECK(relu6.high == -88);
  CHECK(relu6.apply(-128) == -100);
  CHECK(relu6.apply(-90) == -90);
  CHECK(relu6.apply(0) == -88);
  CHECK(clamp_bounds({{"clamp_low", -1e9}, {"clamp_high", 1e9}}, q).is_full());
}
