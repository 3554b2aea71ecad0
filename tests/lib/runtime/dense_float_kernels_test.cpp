// The float kernels of convolutions, products, pools, softmax, normalization and the recurrent operators against the
// interpreter.

#include <math.h>

#include <catch2/catch.hpp>

#include <cstring>

#include "tests/lib/runtime/float_case.h"

namespace portable {
#include "lib/runtime/average_pool_f32.h"
#include "lib/runtime/batch_norm_f32.h"
#include "lib/runtime/conv2d_f32.h"
#include "lib/runtime/conv_transpose2d_f32.h"
#include "lib/runtime/depthwise_conv2d_f32.h"
#include "lib/runtime/fully_connected_f32.h"
#include "lib/runtime/gru_f32.h"
#include "lib/runtime/log_softmax_f32.h"
#include "lib/runtime/lp_pool_f32.h"
#include "lib/runtime/lstm_f32.h"
#include "lib/runtime/matmul_f32.h"
#include "lib/runtime/max_pool_f32.h"
#include "lib/runtime/rnn_f32.h"
#include "lib/runtime/softmax_f32.h"
}  // namespace portable

namespace tinyc::float_case {
namespace {

using Integers = std::vector<std::int64_t>;
using Names = std::vector<std::string>;

Integers sizes(Rng& rng, std::int64_t least, std::int64_t most) { return {rng.integer(least, most), rng.integer(least, most)}; }

// A window, and the least size of input that it fits.
struct Window {
  Integers kernel, strides, dilations, pads;
  Integers least() const {
    Integers size(2);
    for (std::size_t i = 0; i < 2; ++i)
      size[i] = std::max<std::int64_t>((kernel[i] - 1) * dilations[i] + 1 - pads[i] - pads[i + 2], 1);
    return size;
  }
};

// Pads are smaller than the kernel where every window must have a tap inside.
Window random_window(Rng& rng, bool taps_inside) {
  Window w{sizes(rng, 1, 4), sizes(rng, 1, 3), sizes(rng, 1, 2), {}};
  for (int side = 0; side < 2; ++side)
    for (std::size_t i = 0; i < 2; ++i) w.pads.push_back(rng.integer(0, taps_inside ? (w.kernel[i] - 1) / 2 : w.kernel[i]));
  return w;
}

void maybe_absent_bias(Rng& rng, Case& test) {
  if (rng.integer(0, 3) == 0) test.absent.insert(2);
}

Case random_conv2d(Rng& rng, int round) {
  const Window w = random_window(rng, false);
  const std::int64_t groups = round % 3 ? rng.integer(1, 3) : 1;
  const bool depthwise = round % 4 == 1;
  const std::int64_t in = depthwise ? groups : groups * rng.integer(1, 5), out = depthwise ? groups : groups * rng.integer(1, 6);
  const Integers least = w.least();
  const Shape x{rng.integer(1, 2), least[0] + rng.integer(0, 6), least[1] + rng.integer(0, 6), in};
  Case test{"conv2d",
            {reals(rng, x, -1, 1), reals(rng, Shape{out, w.kernel[0], w.kernel[1], in / groups}, -1, 1), reals(rng, Shape{out}, -1, 1)},
            {{"strides", w.strides}, {"dilations", w.dilations}, {"pads", w.pads}, {"groups", groups}}};
  random_clamp(rng, test.attributes);
  maybe_absent_bias(rng, test);
  if (round % 2) test.constants = {1, 2};
  return test;
}

Case random_pointwise(Rng& rng, int) {
  const std::int64_t in = rng.integer(1, 9), out = rng.integer(1, 9);
  Case test{"conv2d",
            {reals(rng, Shape{rng.integer(1, 2), rng.integer(1, 4), rng.integer(1, 4), in}, -1, 1),
             reals(rng, Shape{out, 1, 1, in}, -1, 1), reals(rng, Shape{out}, -1, 1)},
            {{"strides", Integers{1, 1}}, {"dilations", Integers{1, 1}}, {"pads", Integers{0, 0, 0, 0}}, {"groups", std::int64_t{1}}}};
  maybe_absent_bias(rng, test);
  return test;
}

Case random_conv_transpose2d(Rng& rng, int) {
  const Window w = random_window(rng, true);
  const std::int64_t groups = rng.integer(1, 3), in = groups * rng.integer(1, 3), out = groups * rng.integer(1, 3);
  Case test{"conv_transpose2d",
            {reals(rng, Shape{rng.integer(1, 2), rng.integer(2, 5), rng.integer(2, 5), in}, -1, 1),
             reals(rng, Shape{out, w.kernel[0], w.kernel[1], in / groups}, -1, 1), reals(rng, Shape{out}, -1, 1)},
            {{"strides", w.strides}, {"dilations", w.dilations}, {"pads", w.pads}, {"groups", groups},
             {"output_padding", Integers{rng.integer(0, 1), rng.integer(0, 1)}}}};
  maybe_absent_bias(rng, test);
  return test;
}

Case random_fully_connected(Rng& rng, int) {
  const std::int64_t in = rng.integer(1, 12), out = rng.integer(1, 12);
  Case test{"fully_connected",
            {reals(rng, Shape{rng.integer(1, 3), rng.integer(1, 3), in}, -1, 1), reals(rng, Shape{out, in}, -1, 1),
             reals(rng, Shape{out}, -1, 1)}};
  random_clamp(rng, test.attributes);
  maybe_absent_bias(rng, test);
  return test;
}

// Batches that broadcast, both ways too.
Case random_matmul(Rng& rng, int) {
  const std::int64_t rows = rng.integer(1, 6), depth = rng.integer(1, 6), columns = rng.integer(1, 10);
  Integers a{rng.integer(1, 3), rng.integer(1, 3)}, b = a;
  for (std::size_t i = 0; i < 2; ++i) (rng.integer(0, 1) ? a : b)[i] = rng.integer(0, 1) ? 1 : a[i];
  if (rng.integer(0, 3) == 0) b.clear();
  a.insert(a.end(), {rows, depth});
  b.insert(b.end(), {depth, columns});
  Case test{"matmul", {reals(rng, Shape(a), -1, 1), reals(rng, Shape(b), -1, 1)}};
  random_clamp(rng, test.attributes);
  return test;
}

Case random_pool(Rng& rng, int round) {
  const char* const ops[] = {"max_pool", "average_pool", "lp_pool"};
  const std::string op = ops[round % 3];
  const Window w = random_window(rng, true);
  const Integers least = w.least();
  const Shape x{rng.integer(1, 2), least[0] + rng.integer(0, 6), least[1] + rng.integer(0, 6), rng.integer(1, 6)};
  Case test{op, {reals(rng, x, -2, 2)},
            {{"kernel", w.kernel}, {"strides", w.strides}, {"dilations", w.dilations}, {"pads", w.pads}}};
  if (op == "average_pool") test.attributes.set("count_include_pad", rng.integer(0, 1));
  if (op == "lp_pool") test.attributes.set("p", rng.integer(1, 3));
  random_clamp(rng, test.attributes);
  return test;
}

Case random_softmax(Rng& rng, int round) {
  const Shape x{rng.integer(1, 4), rng.integer(1, 6), rng.integer(1, 4)};
  return {round % 2 ? "softmax" : "log_softmax", {reals(rng, x, -30, 30)}, {{"axis", rng.integer(0, 2)}}};
}

Case random_batch_norm(Rng& rng, int) {
  const std::int64_t c = rng.integer(1, 5);
  return {"batch_norm",
          {reals(rng, Shape{rng.integer(1, 3), rng.integer(1, 4), c}, -3, 3), reals(rng, Shape{c}, -2, 2),
           reals(rng, Shape{c}, -2, 2), reals(rng, Shape{c}, -2, 2), reals(rng, Shape{c}, 0.01, 2)},
          {{"epsilon", 1e-3}}};
}

Case random_recurrent(Rng& rng, int round) {
  struct Kind {
    const char* op;
    std::int64_t gates;
    std::size_t operands, functions;
    const char* variant;
  };
  const Kind kinds[] = {{"lstm", 4, 8, 3, "input_forget"}, {"gru", 3, 6, 2, "linear_before_reset"}, {"rnn", 1, 6, 1, ""}};
  const char* const directions[] = {"forward", "reverse", "bidirectional"};
  const char* const functions[] = {"Affine", "Elu", "HardSigmoid", "LeakyRelu", "Relu", "ScaledTanh", "Sigmoid", "Softplus", "Softsign",
                                   "Tanh", "ThresholdedRelu"};
  const Kind& kind = kinds[round % 3];
  const std::string direction = directions[round / 3 % 3];
  const std::int64_t d = direction == "bidirectional" ? 2 : 1, steps = rng.integer(1, 5), batch = rng.integer(1, 3);
  const std::int64_t inputs = rng.integer(1, 5), hidden = rng.integer(1, 6), rows = kind.gates * hidden;
  Tensor lengths(DType::i32, Shape{batch});
  for (std::int32_t& length : lengths.mutable_data<std::int32_t>()) length = static_cast<std::int32_t>(rng.integer(0, steps));
  const Shape state{d, batch, hidden};
  Case test{kind.op,
            {reals(rng, Shape{steps, batch, inputs}, -1, 1), reals(rng, Shape{d, rows, inputs}, -1, 1),
             reals(rng, Shape{d, rows, hidden}, -0.7, 0.7), reals(rng, Shape{d, 2 * rows}, -1, 1), lengths, reals(rng, state, -1, 1),
             reals(rng, state, -1, 1), reals(rng, Shape{d, 3 * hidden}, -1, 1)},
            {{"direction", direction}}};
  test.operands.resize(kind.operands);
  for (std::size_t i = 3; i < kind.operands; ++i)
    if (rng.integer(0, 2) == 0) test.absent.insert(i);
  if (*kind.variant) test.attributes.set(kind.variant, rng.integer(0, 1));
  if (rng.integer(0, 2) == 0) test.attributes.set("clip", 0.5);
  if (round % 5 == 0) return test;
  Names names;
  for (std::size_t i = 0; i < kind.functions * static_cast<std::size_t>(d); ++i) names.emplace_back(functions[rng.integer(0, 10)]);
  test.attributes.set("activations", names);
  test.attributes.set("activation_alpha", std::vector<double>{0.3, 0.7});
  test.attributes.set("activation_beta", std::vector<double>{0.4});
  return test;
}

}  // namespace

TEST_CASE("dense and recurrent float kernels compute what the interpreter does") {
#define TINYC_ENTRY(name) {"tinyc_" #name, kernel(portable::tinyc_##name)}
  const Kernels kernels{
      TINYC_ENTRY(average_pool_f32), TINYC_ENTRY(batch_norm_f32), TINYC_ENTRY(conv2d_f32), TINYC_ENTRY(conv_transpose2d_f32),
      TINYC_ENTRY(depthwise_conv2d_f32), TINYC_ENTRY(fully_connected_f32), TINYC_ENTRY(gru_f32), TINYC_ENTRY(log_softmax_f32),
      TINYC_ENTRY(lp_pool_f32), TINYC_ENTRY(lstm_f32), TINYC_ENTRY(matmul_f32), TINYC_ENTRY(max_pool_f32), TINYC_ENTRY(rnn_f32),
      TINYC_ENTRY(softmax_f32)};
#undef TINYC_ENTRY
  check_cases(kernels, {{random_conv2d, 300}, {random_pointwise, 60}, {random_conv_transpose2d, 100}, {random_fully_connected, 60},
                        {random_matmul, 100}, {random_pool, 300}, {random_softmax, 60}, {random_batch_norm, 30},
                        {random_recurrent, 300}});
}

}  // namespace tinyc::float_case
