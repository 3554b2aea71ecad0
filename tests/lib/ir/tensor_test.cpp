#include "lib/ir/tensor.h"

#include <catch2/catch.hpp>

#include <cmath>
#include <limits>

using namespace tinyc;

TEST_CASE("every half that is a number converts to float and back") {
  for (std::uint32_t bits = 0; bits < 0x10000; ++bits) {
    const auto half = static_cast<std::uint16_t>(bits);
    const float value = half_to_float(half);
    if (!std::isnan(value)) REQUIRE(float_to_half(value) == half);
    else REQUIRE(std::isnan(half_to_float(float_to_half(value))));
  }
}

TEST_CASE("half precision rounds to nearest even and overflows to infinity") {
  CHECK(half_to_float(float_to_half(1 + 0x1p-11f)) == 1);
  CHECK(half_to_float(float_to_half(1 + 0x1.8p-10f)) == 1 + 0x1p-9f);
  CHECK(half_to_float(float_to_half(0x1p-25f)) == 0);
  CHECK(half_to_float(float_to_half(0x1.8p-25f)) == 0x1p-24f);
  CHECK(half_to_float(float_to_half(65519.9f)) == 65504);
  CHECK(std::isinf(half_to_float(float_to_half(65520))));
}

TEST_CASE("bfloat16 rounds to nearest even") {
  CHECK(bfloat16_to_float(float_to_bfloat16(1 + 0x1p-8f)) == 1);
  CHECK(bfloat16_to_float(float_to_bfloat16(1 + 0x1.8p-7f)) == 1 + 0x1p-6f);
  CHECK(std::isnan(bfloat16_to_float(float_to_bfloat16(std::nanf("")))));
}

TEST_CASE("casts truncate and saturate; copies share storage until one is written") {
  const Tensor real = Tensor::of<float>(Shape{4}, std::vector<float>{-1.9f, 300, 0, std::numeric_limits<float>::quiet_NaN()});
  CHECK(real.cast(DType::i8).to_integers() == std::vector<std::int64_t>{-1, 127, 0, 0});
  CHECK(real.cast(DType::boolean).to_integers() == std::vector<std::int64_t>{1, 1, 0, 1});
  Tensor copy = real;
  CHECK(copy.bytes().data() == real.bytes().data());
  copy.mutable_data<float>()[0] = 7;
  CHECK(real.data<float>()[0] == -1.9f);
  CHECK(copy.data<float>()[0] == 7);
}
