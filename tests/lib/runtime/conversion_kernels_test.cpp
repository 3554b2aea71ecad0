// The conversions between float and int8 against lib/quant, which the interpreter and the emitted helpers follow.
#include <catch2/catch.hpp>

#include <array>
#include <cmath>
#include <limits>

#include "lib/quant/affine.h"
#include "lib/support/rng.h"

namespace kernels {
#include "lib/runtime/dequantize_s8_f32.h"
#include "lib/runtime/quantize_f32_s8.h"
}

using namespace tinyc;

namespace {

std::vector<float> reals(Rng& rng, float scale) {
  std::vector<float> values{0.0f, -0.0f, INFINITY, -INFINITY, NAN, std::numeric_limits<float>::max(),
                            std::numeric_limits<float>::lowest(), std::numeric_limits<float>::denorm_min()};
  for (int half = -600; half <= 600; ++half) {
    const float edge = 0.5f * static_cast<float>(half) * scale;
    for (const float x : {edge, std::nextafter(edge, INFINITY), std::nextafter(edge, -INFINITY)}) values.push_back(x);
  }
  for (int i = 0; i < 200; ++i) values.push_back(static_cast<float>(rng.normal() * 100 * static_cast<double>(scale)));
  return values;
}

}  // namespace

TEST_CASE("float to int8 and back, bit for bit, also in place") {
  Rng rng(21);
  for (int round = 0; round < 50; ++round) {
    const auto scale = round == 0 ? std::numeric_limits<float>::min() : static_cast<float>(std::exp2(rng.uniform(-20, 20)));
    const auto zero_point = static_cast<std::int32_t>(round % 3 == 0 ? -128 : rng.integer(-128, 127));
    const std::vector<float> x = reals(rng, scale);
    const Type stored{DType::i8, {static_cast<std::int64_t>(x.size())}, Quantization::per_tensor(scale, zero_point)};
    const auto count = static_cast<std::int32_t>(x.size());

    const kernels::tinyc_quantize_f32_s8_params quantize{count, scale, zero_point};
    std::vector<std::int8_t> y(x.size());
    kernels::tinyc_quantize_f32_s8(&quantize, x.data(), y.data());
    CHECK(Tensor::of<std::int8_t>(stored.shape, y) == quantize_tensor(Tensor::of<float>(stored.shape, x), stored));
    std::vector<float> place = x;
    kernels::tinyc_quantize_f32_s8(&quantize, place.data(), reinterpret_cast<std::int8_t*>(place.data()));
    CHECK(std::equal(y.begin(), y.end(), reinterpret_cast<const std::int8_t*>(place.data())));

    std::vector<std::int8_t> bytes(256);
    for (int i = 0; i < 256; ++i) bytes[static_cast<std::size_t>(i)] = static_cast<std::int8_t>(i - 128);
    const kernels::tinyc_dequantize_s8_f32_params dequantize{256, scale, zero_point};
    std::vector<float> real(256);
    kernels::tinyc_dequantize_s8_f32(&dequantize, bytes.data(), real.data());
    CHECK(Tensor::of<float>({256}, real) == dequantize_tensor(Tensor::of<std::int8_t>({256}, bytes), *stored.quantization));
  }
}
