#include "tests/lib/runtime/kernel_harness.h"

#include "lib/quant/requantize.h"

using namespace tinyc;
using namespace tinyc::kernel_test;

namespace {

const Quantization probabilities = Quantization::per_tensor(1.0f / 256, -128);

Shape random_shape(Rng& rng) {
  std::vector<std::int64_t> sizes(static_cast<std::size_t>(rng.integer(0, 4)));
  for (auto& size : sizes) size = rng.integer(1, 6);
  return Shape(sizes);
}

// The shape with random axes of size 1, and perhaps without leading ones.
Shape broadcast_from(Rng& rng, const Shape& shape) {
  std::vector<std::int64_t> sizes = shape.sizes();
  for (auto& size : sizes)
    if (rng.integer(0, 2) == 0) size = 1;
  while (!sizes.empty() && sizes.front() == 1 && rng.integer(0, 1) == 0) sizes.erase(sizes.begin());
  return Shape(sizes);
}

Attributes random_clamp(Rng& rng, const Quantization& result) {
  Attributes attributes;
  const double scale = static_cast<double>(result.scale.front());
  if (rng.integer(0, 2) == 0) attributes.set("clamp_low", 0.0);
  if (rng.integer(0, 2) == 0) attributes.set("clamp_high", scale * rng.uniform(0, 200));
  return attributes;
}

}  // namespace

TEST_CASE("kernels of sums and products agree with int8 evaluation, whatever broadcasts") {
  Rng rng(11);
  std::vector<Case> cases;
  for (int i = 0; i < 120; ++i) {
    const char* op = i % 3 == 0 ? "add" : i % 3 == 1 ? "sub" : "mul";
    Shape a = random_shape(rng), b = a;
    if (i % 2) b = broadcast_from(rng, a);
    if (i % 8 == 3) std::swap(a, b);
    const Quantization qa = random_parameters(rng), qb = random_parameters(rng), result = random_parameters(rng);
    CaseBuilder builder;
    const int constant = i % 5 == 0 ? 0 : i % 5 == 1 ? 1 : -1;
    const ValueId x = constant == 0 ? builder.constant(random_i8(rng, a), qa) : builder.input(random_i8(rng, a), qa);
    const ValueId y = constant == 1 ? builder.constant(random_i8(rng, b), qb) : builder.input(random_i8(rng, b), qb);
    cases.push_back(builder.finish(op, {x, y}, random_clamp(rng, result), result));
  }
  check_kernels(cases);
}

TEST_CASE("kernels of sums and products at the ends of their ranges") {
  std::vector<Case> cases;
  std::vector<std::int8_t> left, right;
  for (const int a : {-128, -127, -126, -64, -1, 0, 1, 63, 64, 125, 126, 127})
    for (const int b : {-128, -127, -126, -64, -1, 0, 1, 63, 64, 125, 126, 127}) {
      left.push_back(static_cast<std::int8_t>(a));
      right.push_back(static_cast<std::int8_t>(b));
    }
  const Shape shape{12, 12};
  for (const char* op : {"add", "sub", "mul"})
    for (const float scale : {1e-6f, 1.0f, 1e6f}) {
      CaseBuilder builder;
      const ValueId x = builder.input(Tensor::of(shape, left), Quantization::per_tensor(scale, 127));
      const ValueId y = builder.input(Tensor::of(shape, right), Quantization::per_tensor(1.0f, -128));
      cases.push_back(builder.finish(op, {x, y}, {}, Quantization::per_tensor(1.0f, 127)));
    }
  check_kernels(cases);
}

TEST_CASE("kernels of functions of one tensor agree with int8 evaluation") {
  Rng rng(12);
  std::vector<Case> cases;
  for (int i = 0; i < 60; ++i) {
    const Quantization from = random_parameters(rng), to = i % 3 == 0 ? from : random_parameters(rng);
    CaseBuilder builder;
    const ValueId x = builder.input(random_i8(rng, random_shape(rng)), from);
    if (i % 4 == 0) {
      cases.push_back(builder.finish("relu", {x}, {}, to));
    } else if (i % 4 == 1) {
      cases.push_back(builder.finish("clip", {x}, random_clamp(rng, to), to));
    } else if (i % 4 == 2) {
      cases.push_back(builder.finish("requantize", {x}, {{"scale", static_cast<double>(to.scale.front())},
                                                         {"zero_point", std::int64_t{to.zero_point.front()}}}));
    } else {
      const ValueId table = builder.constant(random_i8(rng, Shape{256}));
      cases.push_back(builder.finish("lookup_table", {x, table}, {}, to));
    }
  }
  check_kernels(cases);
}

TEST_CASE("the softmax kernel agrees with int8 evaluation along any axis") {
  Rng rng(13);
  std::vector<Case> cases;
  for (int i = 0; i < 40; ++i) {
    Shape shape{rng.integer(1, 4), rng.integer(1, 12), rng.integer(1, 4)};
    if (i % 10 == 0) shape = Shape{1, 3000};  // more summands than 2^23 times fit 32 bits
    if (i % 10 == 1) shape = Shape{1, 511};
    const bool equal = i % 20 < 2;
    CaseBuilder builder;
    const ValueId x = builder.input(equal ? random_i8(rng, shape, 127, 127) : random_i8(rng, shape), random_parameters(rng));
    cases.push_back(builder.finish("softmax", {x}, {{"axis", rng.integer(0, shape.rank() - 1)}}, probabilities));
  }
  check_kernels(cases);
}
