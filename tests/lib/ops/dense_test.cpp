#include <catch2/catch.hpp>

#include <cmath>

#include "lib/support/rng.h"
#include "tests/lib/ops/op_runner.h"

using namespace tinyc;

namespace {

using Integers = std::vector<std::int64_t>;

Tensor random_floats(Rng& rng, const Shape& shape) {
  Tensor tensor(DType::f32, shape);
  for (float& value : tensor.mutable_data<float>()) value = static_cast<float>(rng.uniform(-1, 1));
  return tensor;
}

void require_close(const Tensor& actual, const Tensor& expected, double tolerance = 1e-5) {
  REQUIRE(actual.shape() == expected.shape());
  const auto a = actual.to_doubles(), b = expected.to_doubles();
  for (std::size_t i = 0; i < a.size(); ++i) {
    CAPTURE(i);
    REQUIRE(a[i] == Approx(b[i]).margin(tolerance));
  }
}

struct Convolution {
  std::int64_t groups = 1;
  Integers strides{1, 1}, dilations{1, 1}, pads{0, 0, 0, 0};  // top, left, bottom, right
};

// ONNX's definition of Conv, index by index.
Tensor reference_conv(const Tensor& x, const Tensor& w, const Tensor& bias, const Convolution& c) {
  const Shape &xs = x.shape(), &ws = w.shape();
  const auto out = [&](int axis) {
    const auto i = static_cast<std::size_t>(axis);
    return (xs[2 + axis] + c.pads[i] + c.pads[i + 2] - (ws[2 + axis] - 1) * c.dilations[i] - 1) / c.strides[i] + 1;
  };
  Tensor y(DType::f32, Shape{xs[0], ws[0], out(0), out(1)});
  const auto data = x.data<float>(), weights = w.data<float>();
  auto result = y.mutable_data<float>();
  std::size_t at = 0;
  for (std::int64_t n = 0; n < xs[0]; ++n)
    for (std::int64_t o = 0; o < ws[0]; ++o)
      for (std::int64_t oy = 0; oy < out(0); ++oy)
        for (std::int64_t ox = 0; ox < out(1); ++ox, ++at) {
          double sum = bias.data<float>()[static_cast<std::size_t>(o)];
          for (std::int64_t i = 0; i < ws[1]; ++i)
            for (std::int64_t ky = 0; ky < ws[2]; ++ky)
              for (std::int64_t kx = 0; kx < ws[3]; ++kx) {
                const std::int64_t iy = oy * c.strides[0] + ky * c.dilations[0] - c.pads[0];
                const std::int64_t ix = ox * c.strides[1] + kx * c.dilations[1] - c.pads[1];
                if (iy < 0 || ix < 0 || iy >= xs[2] || ix >= xs[3]) continue;
                const std::int64_t channel = o / (ws[0] / c.groups) * ws[1] + i;
                sum += static_cast<double>(data[static_cast<std::size_t>(((n * xs[1] + channel) * xs[2] + iy) * xs[3] + ix)]) *
                       weights[static_cast<std::size_t>(((o * ws[1] + i) * ws[2] + ky) * ws[3] + kx)];
              }
          result[at] = static_cast<float>(sum);
        }
  return y;
}

Attributes attributes_of(const Convolution& c) {
  return {{"strides", c.strides}, {"dilations", c.dilations}, {"pads", c.pads}, {"group", c.groups}};
}

std::string message_of(const Result<std::vector<Tensor>>& result) { return result.ok() ? "" : result.error().to_string(); }

}  // namespace

TEST_CASE("Conv is its definition: groups, depthwise with a multiplier, dilations, uneven pads, batches") {
  Rng rng(21);
  for (int round = 0; round < 60; ++round) {
    Convolution c;
    c.groups = round % 3 == 0 ? 1 : rng.integer(2, 4);
    const std::int64_t per_group = round % 3 == 1 ? 1 : rng.integer(1, 3);
    for (std::size_t i = 0; i < 2; ++i) c.strides[i] = rng.integer(1, 3), c.dilations[i] = rng.integer(1, 2);
    for (std::int64_t& pad : c.pads) pad = rng.integer(0, 2);
    const std::int64_t outputs = c.groups * rng.integer(1, 3);
    const Tensor x = random_floats(rng, {rng.integer(1, 2), c.groups * per_group, rng.integer(7, 12), rng.integer(7, 12)});
    const Tensor w = random_floats(rng, {outputs, per_group, rng.integer(1, 3), rng.integer(1, 4)});
    const Tensor bias = random_floats(rng, {outputs});
    require_close(run_onnx("Conv", 11, x, attributes_of(c), {w, bias}), reference_conv(x, w, bias, c));
  }
}

TEST_CASE("Conv with a kernel of more taps than are exact at once, and many rows") {
  Rng rng(22);
  const Tensor x = random_floats(rng, {1, 2, 40, 30}), w = random_floats(rng, {3, 2, 17, 16}), bias = random_floats(rng, {3});
  require_close(run_onnx("Conv", 11, x, {}, {w, bias}), reference_conv(x, w, bias, {}), 1e-4);
}

TEST_CASE("Conv in one dimension is Conv in two with a height of 1") {
  Rng rng(23);
  const Tensor x = random_floats(rng, {1, 4, 19}), w = random_floats(rng, {6, 2, 5}), bias = random_floats(rng, {6});
  const Tensor y = run_onnx("Conv", 11, x, {{"strides", Integers{2}}, {"dilations", Integers{2}}, {"pads", Integers{3, 1}}, {"group", std::int64_t{2}}}, {w, bias});
  const Tensor expected = reference_conv(x.reshaped({1, 4, 1, 19}), w.reshaped({6, 2, 1, 5}), bias,
                                         {2, {1, 2}, {1, 2}, {0, 3, 0, 1}});
  require_close(y, expected.reshaped(y.shape()));
}

TEST_CASE("auto_pad puts the odd pad last for SAME_UPPER and first for SAME_LOWER") {
  const Tensor x = counting({1, 1, 1, 4}), w = floats({1, 1, 1, 2}, {1, 10});
  const auto with = [&](const char* mode) {
    return run_onnx("Conv", 11, x, {{"auto_pad", std::string(mode)}}, {w}).to_doubles();
  };
  CHECK(with("SAME_UPPER") == std::vector<double>{10, 21, 32, 3});
  CHECK(with("SAME_LOWER") == std::vector<double>{0, 10, 21, 32});
  CHECK(with("VALID") == std::vector<double>{10, 21, 32});
  CHECK(with("NOTSET") == std::vector<double>{10, 21, 32});
}

TEST_CASE("Conv refuses what does not fit, with the node's name") {
  const Tensor x = counting({1, 4, 5, 5});
  const auto refused = [&](const Tensor& input, const Tensor& w, Attributes attributes, std::string_view id) {
    const auto result = try_onnx("Conv", 11, input, std::move(attributes), {w});
    INFO(message_of(result));
    CHECK(error_id(result) == id);
    CHECK(message_of(result).find("node") != std::string::npos);
  };
  refused(x, counting({2, 3, 3, 3}), {}, "TC4011");                                  // channels
  refused(x, counting({3, 2, 3, 3}), {{"group", std::int64_t{2}}}, "TC4011");        // outputs per group
  refused(x, counting({2, 4, 3, 3}), {{"group", std::int64_t{0}}}, "TC4011");
  refused(x, counting({2, 4, 3}), {}, "TC4001");                                     // rank
  refused(x, counting({2, 4, 7, 3}), {}, "TC4001");                                  // larger than the input
  refused(x, counting({2, 4, 3, 3}), {{"pads", Integers{-1, 0, 0, 0}}}, "TC3001");
  refused(counting({1, 1, 3, 3, 3, 3}), counting({1, 1, 2, 2, 2, 2}), {}, "TC3001"); // four dimensions
}

TEST_CASE("Gemm: transposes, alpha, beta, every shape of C, computed B") {
  const Tensor a = floats({2, 3}, {1, 2, 3, 4, 5, 6});
  const Tensor b = floats({3, 2}, {1, 0, 0, 1, 1, 1});    // a * b = 4 5 / 10 11
  const Tensor bt = floats({2, 3}, {1, 0, 1, 0, 1, 1});
  const Tensor at = floats({3, 2}, {1, 4, 2, 5, 3, 6});
  const auto values = [](const Tensor& tensor) { return tensor.to_doubles(); };
  const std::int64_t one = 1;
  CHECK(values(run_onnx("Gemm", 11, a, {}, {b})) == std::vector<double>{4, 5, 10, 11});
  CHECK(values(run_onnx("Gemm", 11, a, {{"transB", one}}, {bt})) == std::vector<double>{4, 5, 10, 11});
  CHECK(values(run_onnx("Gemm", 11, at, {{"transA", one}}, {b})) == std::vector<double>{4, 5, 10, 11});
  const Attributes scaled{{"alpha", 2.0}, {"beta", 0.5}};
  CHECK(values(run_onnx("Gemm", 11, a, scaled, {b, floats({2}, {2, 4})})) == std::vector<double>{9, 12, 21, 24});
  CHECK(values(run_onnx("Gemm", 11, a, scaled, {b, floats({1, 2}, {2, 4})})) == std::vector<double>{9, 12, 21, 24});
  CHECK(values(run_onnx("Gemm", 11, a, scaled, {b, floats({}, {2})})) == std::vector<double>{9, 11, 21, 23});
  CHECK(values(run_onnx("Gemm", 11, a, scaled, {b, floats({2, 1}, {2, 4})})) == std::vector<double>{9, 11, 22, 24});
  CHECK(values(run_onnx("Gemm", 11, a, scaled, {b, floats({2, 2}, {2, 4, 6, 8})})) == std::vector<double>{9, 12, 23, 26});
  CHECK(error_id(try_onnx("Gemm", 11, a, {}, {floats({2, 2}, {1, 2, 3, 4})})) == "TC4011");
  CHECK(error_id(try_onnx("Gemm", 11, a, {}, {b, floats({3}, {1, 2, 3})})) == "TC4001");
  CHECK(error_id(try_onnx("Gemm", 11, counting({2, 3, 1}), {}, {b})) == "TC4001");

  TestImport computed("Gemm", 11, scaled);
  computed.add_input(a);
  computed.add_input(b);
  computed.add_input(floats({2}, {2, 4}));
  auto results = find_onnx_import("", "Gemm")->import(computed);
  computed.graph().set_outputs(value_of(std::move(results)));
  const std::vector<Tensor> inputs{a, b, floats({2}, {2, 4})};
  CHECK(values(value_of(run(computed.graph(), inputs)).front()) == std::vector<double>{9, 12, 21, 24});
}

TEST_CASE("MatMul has NumPy's semantics for vectors and batches") {
  const Tensor v = floats({3}, {1, 2, 3}), m = floats({3, 2}, {1, 0, 0, 1, 1, 1});
  const Tensor row = run_onnx("MatMul", 13, v, {}, {m});
  CHECK(row.shape() == Shape{2});
  CHECK(row.to_doubles() == std::vector<double>{4, 5});
  const Tensor column = run_onnx("MatMul", 13, floats({2, 3}, {1, 2, 3, 4, 5, 6}), {}, {v});
  CHECK(column.shape() == Shape{2});
  CHECK(column.to_doubles() == std::vector<double>{14, 32});
  const Tensor dot = run_onnx("MatMul", 13, v, {}, {v});
  CHECK(dot.shape() == Shape{});
  CHECK(dot.to_doubles() == std::vector<double>{14});

  // [2,1,1,2] times [3,2,1]: both batches repeat.
  const Tensor batch = run_onnx("MatMul", 13, floats({2, 1, 1, 2}, {1, 2, 3, 4}), {}, {floats({3, 2, 1}, {1, 0, 0, 1, 1, 1})});
  CHECK(batch.shape() == Shape{2, 3, 1, 1});
  CHECK(batch.to_doubles() == std::vector<double>{1, 2, 3, 3, 4, 7});
  CHECK(error_id(try_onnx("MatMul", 13, m, {}, {m})) == "TC4011");
  CHECK(error_id(try_onnx("MatMul", 13, counting({2, 2, 3}), {}, {counting({3, 3, 2})})) == "TC4011");
  CHECK(error_id(try_onnx("MatMul", 13, floats({}, {1}), {}, {v})) == "TC4001");
}

TEST_CASE("BatchNormalization normalizes the second axis, of any rank, opset 7 to 23") {
  const Tensor scale = floats({2}, {2, 3}), bias = floats({2}, {1, -1}), mean = floats({2}, {1, 2}), variance = floats({2}, {3, 8});
  const Attributes attributes{{"epsilon", 1.0}};  // factors 2/2 and 3/3
  for (const int opset : {7, 9, 14, 15, 23})
    for (const Shape& shape : {Shape{2, 2}, Shape{1, 2, 2}, Shape{1, 2, 1, 2}, Shape{1, 2, 1, 1, 2}}) {
      const Tensor y = run_onnx("BatchNormalization", opset, counting(shape), attributes, {scale, bias, mean, variance});
      CHECK(y.shape() == shape);
      const std::vector<double> expected = shape.rank() == 2 ? std::vector<double>{0, -2, 2, 0} : std::vector<double>{0, 1, -1, 0};
      for (std::size_t i = 0; i < 4; ++i) CHECK(y.to_doubles()[i] == Approx(expected[i]).margin(1e-6));
    }
  const std::vector<std::optional<Tensor>> constants{scale, bias, mean, variance};
  CHECK(error_id(try_onnx("BatchNormalization", 7, counting({1, 2, 2}), {{"spatial", std::int64_t{0}}}, constants)) == "TC3001");
  CHECK(error_id(try_onnx("BatchNormalization", 15, counting({1, 3, 2}), {}, constants)) == "TC4011");
}

TEST_CASE("fused activations bound the result of dense operators") {
  const Tensor x = floats({1, 2}, {1, -1}), w = floats({3, 2}, {1, 0, 0, 1, 5, 0});
  CHECK(run_op("fully_connected", {x, w}, {{"clamp_low", 0.0}, {"clamp_high", 2.0}}).to_doubles() == std::vector<double>{1, 0, 2});
  CHECK(run_op("matmul", {x, floats({2, 1}, {3, 0})}, {{"clamp_high", 2.0}}).to_doubles() == std::vector<double>{2});
  CHECK(error_id(try_op("fully_connected", {x, w}, {{"clamp_low", 3.0}, {"clamp_high", 2.0}})) == "TC4010");
}

TEST_CASE("half and double precision are evaluated, integers where matmul allows them") {
  const Tensor x = floats({1, 2}, {1, -1}), w = floats({3, 2}, {1, 0, 0, 1, 5, 0});
  for (const DType dtype : {DType::f16, DType::f64}) {
    const Tensor y = run_op("fully_connected", {x.cast(dtype), w.cast(dtype)});
    CAPTURE(to_string(dtype));
    CHECK(y.dtype() == dtype);
    CHECK(y.to_doubles() == std::vector<double>{1, -1, 5});
  }
  CHECK(run_op("matmul", {x.cast(DType::i32), w.cast(DType::i32).reshaped({2, 3})}).to_doubles() == std::vector<double>{0, -5, 0});
  CHECK(error_id(try_op("fully_connected", {x.cast(DType::i32), w.cast(DType::i32)})) == "TC3011");
  CHECK(error_id(try_op("conv2d", {counting({1, 3, 3, 1}), counting({1, 2, 2, 1})}, {{"strides", std::int64_t{1}}})) == "TC4010");
}

TEST_CASE("int8 layers whose integers would leave 32 bits are refused, not computed") {
  const auto run_layer = [](std::int32_t bias, float weight_scale) {
    Graph graph;
    const ValueId x = graph.add_input("x", {DType::i8, {1, 2}, Quantization::per_tensor(0.5f, -128)});
    const ValueId w = graph.add_constant("w", Tensor::of<std::int8_t>(Shape{1, 2}, std::vector<std::int8_t>{127, -127}),
                                         Quantization{0, {weight_scale}, {0}});
    const ValueId b = graph.add_constant("b", Tensor::of<std::int32_t>(Shape{1}, std::vector<std::int32_t>{bias}));
    const ValueId y = value_of(Builder(graph, all_ops()).emit("fully_connected", "node", {x, w, b}));
    graph.set_type(y, {DType::i8, {1, 1}, Quantization::per_tensor(1.0f, 0)});
    graph.set_outputs({y});
    const Tensor input = Tensor::of<std::int8_t>(Shape{1, 2}, std::vector<std::int8_t>{127, -128});
    const auto result = run(graph, {&input, 1});
    const NodeView node = view(graph, graph.value(y).producer());
    CHECK(error_id((*node.op.lower)(node, {})) == error_id(result));
    return result.ok() ? std::to_string(result->front().data<std::int8_t>()[0]) : error_id(result);
  };
  CHECK(run_layer(0, 0.002f) == "32");  // 127 * 255 * 0.001
  CHECK(run_layer(-1000, 0.002f) == "31");
  CHECK(run_layer(2147483647, 0.002f) == "TC4012");
  CHECK(run_layer(0, 1e-30f) == "0");
  CHECK(run_layer(1 << 28, 40.0f) == "TC4012");     // the left shift
  CHECK(run_layer(0, 1e30f) == "TC4012");
}
