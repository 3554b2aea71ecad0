#include "lib/quant/requantize.h"

#include <catch2/catch.hpp>

#include <bit>
#include <cmath>
#include <limits>

#include "lib/support/check.h"
#include "lib/support/rng.h"

using namespace tinyc;

namespace {

using Int128 = __int128;

// floor(numerator / 2^bits) for any sign.
Int128 floor_shift(Int128 numerator, int bits) {
  const Int128 unit = Int128{1} << bits;
  Int128 quotient = numerator / unit;
  if (numerator % unit < 0) --quotient;
  return quotient;
}

int significant_bits(std::uint32_t value) { return value ? 32 - std::countl_zero(value) - std::countr_zero(value) : 0; }

// |result - acc * ratio| as a rational with denominator 2^104: a double ratio is mantissa * 2^-exponent.
double error_of(std::int32_t result, std::int32_t acc, double ratio) {
  int exponent = 0;
  const auto mantissa = static_cast<std::int64_t>(std::ldexp(std::frexp(ratio, &exponent), 53));
  // acc * ratio = acc * mantissa * 2^(exponent - 53): exact in 85 bits.
  const Int128 product = Int128{acc} * mantissa;
  const int shift = 53 - exponent;
  if (shift > 90) return std::fabs(result - static_cast<double>(acc) * ratio);  // far below one half
  const Int128 difference = (Int128{result} << shift) - product;
  return std::ldexp(static_cast<double>(difference < 0 ? -difference : difference), -shift);
}

double random_ratio(Rng& rng, double low_exponent, double high_exponent) {
  return std::exp2(rng.uniform(low_exponent, high_exponent));
}

}  // namespace

TEST_CASE("multipliers have 16 significant bits and the promised precision") {
  Rng rng(1);
  for (int i = 0; i < 20000; ++i) {
    const double ratio = random_ratio(rng, -40, 14.99);
    const Requantizer r = make_requantizer(ratio);
    REQUIRE(r.multiplier >= 0);
    REQUIRE(significant_bits(static_cast<std::uint32_t>(r.multiplier)) <= 16);
    REQUIRE(r.left_shift <= 16);
    if (ratio < 0.499) REQUIRE(r.left_shift == 0);
    const double represented = std::ldexp(r.multiplier, r.left_shift - 32);
    REQUIRE(std::fabs(represented - ratio) <= std::max(ratio * 0x1p-16, std::ldexp(0.5, r.left_shift - 32)));
  }
}

TEST_CASE("the multiplier never reaches 2^31 where the ratio rounds up") {
  for (const double ratio : {0.5, 0.49999999, 0.5 - 0x1p-17, 0.5 - 0x1p-18, 0.5 - 0x1p-54, 1.0, 2.0, 32767.9999}) {
    const Requantizer r = make_requantizer(ratio);
    CHECK(r.multiplier > 0);
    CHECK(std::ldexp(r.multiplier, r.left_shift - 32) == Approx(ratio).epsilon(0x1p-16));
  }
}

TEST_CASE("a layer's channels share one left shift") {
  const std::vector<double> ratios{0.7, 1e-3, 3.9, 1e-9};
  const auto requantizers = make_requantizers(ratios);
  for (std::size_t c = 0; c < ratios.size(); ++c) {
    CHECK(requantizers[c].left_shift == 3);
    CHECK(std::abs(std::ldexp(requantizers[c].multiplier, 3 - 32) - ratios[c]) <= std::max(ratios[c] * 0x1p-16, 0x1p-30));
  }
}

TEST_CASE("ratios out of range are a defect of the caller") {
  for (const double ratio : {0.0, -1.0, 32768.0, std::numeric_limits<double>::infinity(), std::nan("")})
    CHECK_THROWS_AS(make_requantizer(ratio), InternalError);
  CHECK_THROWS_AS(requantize(1 << 30, make_requantizer(1.0), 0), InternalError);
}

TEST_CASE("requantize is the nearest integer up to the multiplier's precision, against exact rationals") {
  Rng rng(2);
  for (int i = 0; i < 50000; ++i) {
    const double ratio = random_ratio(rng, -24, 8);
    const Requantizer r = make_requantizer(ratio);
    const std::int64_t bound = (std::int64_t{1} << (31 - r.left_shift)) - 1;
    const std::int64_t extremes[] = {-bound, bound, 0, 1, -1};
    const std::int64_t magnitude = bound >> rng.integer(0, 30 - r.left_shift);
    const auto acc = static_cast<std::int32_t>(i % 8 == 0 ? extremes[rng.integer(0, 4)] : rng.integer(-magnitude, magnitude));
    const auto zero_point = static_cast<std::int32_t>(rng.integer(-128, 127));
    const std::int32_t result = requantize(acc, r, zero_point) - zero_point;

    // The definition, without any intermediate that could overflow.
    const Int128 exact = Int128{acc} * r.multiplier * (Int128{1} << r.left_shift);
    REQUIRE(result == static_cast<std::int64_t>(floor_shift(exact + (Int128{1} << 31), 32)));

    const double size = std::fabs(static_cast<double>(acc));
    const double slack = std::max(size * ratio * 0x1p-16, size * std::ldexp(1.0, r.left_shift - 33));
    REQUIRE(error_of(result, acc, ratio) <= 0.5 + slack + 1e-9);
  }
}

TEST_CASE("halves round towards plus infinity") {
  const Requantizer half = make_requantizer(0.25);
  CHECK(requantize(2, half, 0) == 1);
  CHECK(requantize(-2, half, 0) == 0);
  CHECK(requantize(6, half, 0) == 2);
  CHECK(requantize(-6, half, 0) == -1);
  CHECK(requantize(-6, half, -128) == -129);
}

TEST_CASE("quantize_to_i8 rounds half away from zero and saturates") {
  CHECK(quantize_to_i8(0.5, 1, 0) == 1);
  CHECK(quantize_to_i8(-0.5, 1, 0) == -1);
  CHECK(quantize_to_i8(1.49, 1, 3) == 4);
  CHECK(quantize_to_i8(1e30, 1e-30, 0) == 127);
  CHECK(quantize_to_i8(-std::numeric_limits<double>::infinity(), 1, 0) == -128);
  CHECK(quantize_to_i8(0, 0.1, -128) == -128);
}

TEST_CASE("affine parameters represent zero exactly and cover the range") {
  Rng rng(3);
  for (int i = 0; i < 20000; ++i) {
    const double size = std::exp(rng.uniform(-80, 80));
    double low = rng.uniform(-size, size), high = rng.uniform(-size, size);
    if (i % 4 == 0) low = 0;
    if (i % 4 == 1) high = 0;
    if (low > high) std::swap(low, high);
    const Quantization q = affine_i8(low, high);
    const double scale = q.scale.front();
    const int zero_point = q.zero_point.front();
    REQUIRE(q.is_per_tensor());
    REQUIRE((std::isfinite(scale) && scale > 0));
    REQUIRE((zero_point >= -128 && zero_point <= 127));
    REQUIRE(quantize_to_i8(0, scale, zero_point) == zero_point);
    for (const double end : {low, high})
      REQUIRE(std::fabs(scale * (quantize_to_i8(end, scale, zero_point) - zero_point) - end) <= scale * 0.5001);
  }
}

TEST_CASE("degenerate ranges still give a positive finite scale") {
  const double denormal = std::numeric_limits<double>::denorm_min(), huge = std::numeric_limits<float>::max();
  const std::pair<double, double> ranges[] = {{0, 0},       {3, 3},        {-3, -3},       {0, denormal}, {-1e-42, 1e-42},
                                              {-huge, huge}, {0, huge},    {-huge, -huge}, {-1e300, 1e300}};
  for (const auto& [low, high] : ranges) {
    CAPTURE(low, high);
    const Quantization q = affine_i8(low, high);
    CHECK(std::isnormal(q.scale.front()));
    CHECK(q.scale.front() > 0);
    CHECK((q.zero_point.front() >= -128 && q.zero_point.front() <= 127));
  }
  CHECK(affine_i8(0, 0) == Quantization::per_tensor(1, 0));
  CHECK(affine_i8(3, 3).zero_point.front() == -128);
  CHECK(affine_i8(-3, -3).zero_point.front() == 127);
  CHECK_THROWS_AS(affine_i8(1, 0), InternalError);
  CHECK_THROWS_AS(affine_i8(0, std::nan("")), InternalError);
}
