// Quantized models as exporters write them: QuantizeLinear and DequantizeLinear around float operators, and operators
// on quantized tensors, which import to the same graph.

#include <catch2/catch.hpp>
#include <cmath>
#include <limits>

#include "apps/driver/pass_table.h"
#include "lib/exec/interpreter.h"
#include "lib/ops/ops.h"
#include "tests/formats/onnx/model_maker.h"

namespace tinyc {
namespace {

using onnx::TensorProto;

struct QuantizedMaker : ModelMaker {
  using ModelMaker::ModelMaker;
  void integers(const std::string& name, const std::vector<std::int64_t>& sizes, const std::vector<int>& values,
                int type) {
    auto& tensor = *graph().add_initializer();
    tensor.set_name(name);
    tensor.set_data_type(type);
    for (const std::int64_t size : sizes) tensor.add_dims(size);
    for (const int value : values) type == TensorProto::INT64 ? tensor.add_int64_data(value) : tensor.add_int32_data(value);
  }
  void number(onnx::NodeProto& node, const std::string& name, std::int64_t value) {
    auto& attribute = *node.add_attribute();
    attribute.set_name(name);
    attribute.set_type(onnx::AttributeProto::INT);
    attribute.set_i(value);
  }
  void microsoft(onnx::NodeProto& node) { node.set_domain("com.microsoft"); }
};

template <class T>
std::vector<double> evaluate(const ModelMaker& maker, const std::vector<Tensor>& inputs, T) {
  const auto graph = maker.read();
  if (!graph.ok()) FAIL(graph.error().to_string());
  const auto outputs = run(*graph, inputs);
  if (!outputs.ok()) FAIL(outputs.error().to_string());
  CHECK(outputs->front().dtype() == DTypeOf<T>::value);
  return outputs->front().to_doubles();
}

Tensor reals(const std::vector<float>& values) {
  return Tensor::of<float>({1, static_cast<std::int64_t>(values.size())}, values);
}

// x[1,n] -> QuantizeLinear -> y
QuantizedMaker quantizer(float scale, int zero_point, int type) {
  QuantizedMaker maker;
  maker.input("x", {1, 4});
  maker.initializer("s", {}, {scale});
  maker.integers("z", {}, {zero_point}, type);
  maker.node("QuantizeLinear", {"x", "s", "z"}, {"y"});
  maker.output("y");
  return maker;
}

TEST_CASE("QuantizeLinear rounds half to even and saturates") {
  CHECK(evaluate(quantizer(2, 1, TensorProto::INT8), {reals({1, 3, 1000, -1000})}, std::int8_t{}) ==
        std::vector<double>{1, 3, 127, -128});
  CHECK(evaluate(quantizer(0.5f, 128, TensorProto::UINT8), {reals({-0.25f, 0.75f, 1000, -1000})}, std::uint8_t{}) ==
        std::vector<double>{128, 130, 255, 0});
}

TEST_CASE("parameters are found behind constants, casts, reshapes and arithmetic; weights are pinned to theirs") {
  QuantizedMaker maker;
  maker.input("x", {1, 2});
  maker.integers("w", {2, 2}, {129, 127, 128, 0}, TensorProto::UINT8);
  maker.initializer("half", {1, 1}, {0.5f});
  maker.initializer("two", {1, 1}, {2});
  maker.node("Mul", {"half", "two"}, {"scale_11"});
  maker.integers("zero", {1}, {128}, TensorProto::INT32);
  auto& cast = maker.node("Cast", {"zero"}, {"z"});
  maker.number(cast, "to", TensorProto::UINT8);
  maker.node("DequantizeLinear", {"w", "scale_11", "z"}, {"w_real"});
  auto& gemm = maker.node("Gemm", {"x", "w_real"}, {"y"}, "gemm");
  maker.number(gemm, "transB", 1);
  maker.output("y");
  const auto graph = maker.read();
  REQUIRE(graph.ok());
  const NodeId layer = graph->value(graph->outputs()[0]).producer();
  CHECK(graph->node(layer).op().name == "fully_connected");
  const Value& weights = graph->value(graph->node(layer).operands()[1]);
  REQUIRE(weights.is_constant());
  CHECK(weights.pinned() == Quantization::per_tensor(1, 0));
  CHECK(weights.constant().to_doubles() == std::vector<double>{1, -1, 0, -128});
}

// x[1,1,2,2] of uint8 with 2 output channels and a bias.
void add_conv_constants(QuantizedMaker& maker) {
  maker.input("x", {1, 1, 2, 2}, TensorProto::UINT8);
  maker.initializer("xs", {}, {0.5f});
  maker.integers("xz", {}, {128}, TensorProto::UINT8);
  maker.integers("w", {2, 1, 1, 1}, {3, -2}, TensorProto::INT8);
  maker.initializer("ws", {2}, {0.25f, 0.5f});
  maker.integers("wz", {2}, {0, 0}, TensorProto::INT8);
  maker.integers("b", {2}, {4, -8}, TensorProto::INT32);
  maker.initializer("ys", {}, {0.75f});
  maker.integers("yz", {}, {10}, TensorProto::UINT8);
}

QuantizedMaker conv_of_integers() {
  QuantizedMaker maker;
  add_conv_constants(maker);
  maker.node("QLinearConv", {"x", "xs", "xz", "w", "ws", "wz", "ys", "yz", "b"}, {"y"}, "conv");
  maker.output("y");
  return maker;
}

// The same with a float convolution.
QuantizedMaker conv_of_reals() {
  QuantizedMaker apart;
  add_conv_constants(apart);
  apart.initializer("bs", {2}, {0.125f, 0.25f});
  apart.node("DequantizeLinear", {"x", "xs", "xz"}, {"x_real"});
  auto& weights = apart.node("DequantizeLinear", {"w", "ws", "wz"}, {"w_real"});
  apart.number(weights, "axis", 0);
  auto& bias = apart.node("DequantizeLinear", {"b", "bs"}, {"b_real"});
  apart.number(bias, "axis", 0);
  apart.node("Conv", {"x_real", "w_real", "b_real"}, {"y_real"});
  apart.node("QuantizeLinear", {"y_real", "ys", "yz"}, {"y"});
  apart.output("y");
  return apart;
}

// The int8 graph of a model that needs no samples.
Graph quantized(const ModelMaker& maker) {
  auto graph = maker.read();
  if (!graph.ok()) FAIL(graph.error().to_string());
  PassContext context;
  context.ops = all_ops();
  const auto pipeline = parse_pipeline("canonicalize, adopt-quantization, canonicalize, calibrate, quantize",
                                       all_passes(), named_pipelines());
  REQUIRE(pipeline.ok());
  const Status status = run_pipeline(*graph, *pipeline, context);
  if (!status.ok()) FAIL(status.error().to_string());
  return std::move(*graph);
}

TEST_CASE("a QOperator model and a QDQ model become integers without dequantization") {
  for (const QuantizedMaker& maker : {conv_of_integers(), conv_of_reals()}) {
    const Graph graph = quantized(maker);
    for (const ValueId id : graph.values()) CHECK(graph.value(id).type().is_quantized());
    const auto outputs =
        run(graph, std::vector{Tensor::of<std::int8_t>({1, 1, 2, 2}, std::vector<std::int8_t>{-128, 0, 2, 127})});
    REQUIRE(outputs.ok());
    // What the model computes, less 128.
    CHECK(outputs->front().to_integers() == std::vector<std::int64_t>{-128, -117, -116, -54, -35, -121, -122, -128});
  }
}

TEST_CASE("QLinearConv computes what Conv computes between DequantizeLinear and QuantizeLinear") {
  const QuantizedMaker maker = conv_of_integers(), apart = conv_of_reals();
  const Tensor x = Tensor::of<std::uint8_t>({1, 1, 2, 2}, std::vector<std::uint8_t>{0, 128, 130, 255});
  const std::vector<double> wanted{0, 11, 12, 74, 93, 7, 6, 0};
  CHECK(evaluate(maker, {x}, std::uint8_t{}) == wanted);
  CHECK(evaluate(apart, {x}, std::uint8_t{}) == wanted);
}

TEST_CASE("operators of com.microsoft on quantized tensors") {
  QuantizedMaker maker;
  maker.input("a", {1, 2}, TensorProto::INT8);
  maker.initializer("s", {}, {0.5f});
  maker.integers("z", {}, {0}, TensorProto::INT8);
  maker.microsoft(maker.node("QLinearAdd", {"a", "s", "z", "a", "s", "z", "s", "z"}, {"sum"}));
  maker.microsoft(maker.node("QLinearMul", {"a", "s", "z", "a", "s", "", "s", ""}, {"product_u8"}));
  auto& concat = maker.node("QLinearConcat", {"s", "z", "a", "s", "z", "sum", "s", "z"}, {"both"});
  maker.microsoft(concat);
  maker.number(concat, "axis", 1);
  auto& leaky = maker.node("QLinearLeakyRelu", {"both", "s", "z", "s", "z"}, {"y"});
  maker.microsoft(leaky);
  maker.output("y");
  // The zero point of a is int8, its absence in QLinearMul means the same; the result there is uint8 and not used.
  const Tensor a = Tensor::of<std::int8_t>({1, 2}, std::vector<std::int8_t>{3, -100});
  CHECK(evaluate(maker, {a}, std::int8_t{}) == std::vector<double>{3, -1, 6, -1});
}

TEST_CASE("MatMulInteger is exact, and a cast of its result to float is no cast") {
  QuantizedMaker maker;
  maker.input("a", {1, 3}, TensorProto::UINT8);
  maker.integers("b", {3, 2}, {1, 2, 3, 4, 5, 250}, TensorProto::UINT8);
  maker.integers("az", {}, {10}, TensorProto::UINT8);
  maker.integers("bz", {2}, {0, 2}, TensorProto::UINT8);
  maker.node("MatMulInteger", {"a", "b", "az", "bz"}, {"product"});
  auto& cast = maker.node("Cast", {"product"}, {"y"});
  maker.number(cast, "to", TensorProto::FLOAT);
  maker.output("y");
  const Tensor a = Tensor::of<std::uint8_t>({1, 3}, std::vector<std::uint8_t>{255, 10, 0});
  CHECK(evaluate(maker, {a}, float{}) == std::vector<double>{195, -2480});
  const auto graph = maker.read();
  CHECK(graph->node(graph->value(graph->outputs()[0]).producer()).op().name == "matmul");
}

TEST_CASE("DynamicQuantizeLinear finds the scale of its input") {
  QuantizedMaker maker;
  maker.input("x", {1, 4});
  maker.node("DynamicQuantizeLinear", {"x"}, {"y", "s", "z"});
  for (const char* output : {"y", "s", "z"}) maker.output(output);
  const auto graph = maker.read();
  REQUIRE(graph.ok());
  const std::vector<Tensor> x{reals({-1, 0, 2, 4.1f})};
  const auto outputs = run(*graph, x);
  REQUIRE(outputs.ok());
  CHECK((*outputs)[0].to_integers() == std::vector<std::int64_t>{0, 50, 150, 255});
  CHECK((*outputs)[1].to_doubles()[0] == Approx(0.02));
  CHECK((*outputs)[2].to_integers() == std::vector<std::int64_t>{50});
}

TEST_CASE("parameters that make no sense are diagnosed") {
  for (const float scale :
       {0.0f, -1.0f, std::numeric_limits<float>::quiet_NaN(), std::numeric_limits<float>::infinity()})
    CHECK(quantizer(scale, 0, TensorProto::INT8).verdict() == (std::isnan(scale) ? "TC4110" : "TC4001"));
  CHECK(quantizer(1, 0, TensorProto::BOOL).verdict() == "TC3001");

  const auto with = [](const std::vector<std::int64_t>& scale_shape, const std::vector<std::int64_t>& zero_shape,
                       std::int64_t axis, std::int64_t block_size = 0) {
    QuantizedMaker maker;
    maker.input("x", {2, 3});
    const auto count = [](const std::vector<std::int64_t>& sizes) {
      std::int64_t product = 1;
      for (const std::int64_t size : sizes) product *= size;
      return static_cast<std::size_t>(product);
    };
    maker.initializer("s", scale_shape, std::vector<float>(count(scale_shape), 1.0f));
    maker.integers("z", zero_shape, std::vector<int>(count(zero_shape), 0), TensorProto::INT8);
    auto& node = maker.node("QuantizeLinear", {"x", "s", "z"}, {"q"});
    maker.number(node, "axis", axis);
    if (block_size) maker.number(node, "block_size", block_size);
    maker.number(maker.node("DequantizeLinear", {"q", "s", "z"}, {"y"}), "axis", axis);
    maker.output("y");
    return maker.verdict();
  };
  CHECK(with({3}, {3}, 1) == "ok");
  CHECK(with({3}, {3}, -1) == "ok");
  CHECK(with({2}, {}, 0) == "ok");
  CHECK(with({3}, {3}, 0) == "TC4001");
  CHECK(with({3}, {2}, 1) == "TC4001");
  CHECK(with({3}, {3}, 1'000'000'000'000) == "TC4001");
  CHECK(with({2, 3}, {2, 3}, 1) == "TC3001");
  CHECK(with({0}, {}, 1) == "TC4001");
  CHECK(with({3}, {3}, 1, 2) == "TC3001");

  QuantizedMaker mismatch;
  mismatch.input("x", {4}, TensorProto::UINT8);
  mismatch.initializer("s", {}, {1});
  mismatch.integers("z", {}, {0}, TensorProto::INT8);
  mismatch.node("DequantizeLinear", {"x", "s", "z"}, {"y"});
  mismatch.output("y");
  CHECK(mismatch.verdict() == "TC4001");

  QuantizedMaker cycle;
  cycle.initializer("s", {}, {1});
  cycle.node("QuantizeLinear", {"a", "s"}, {"q"});
  cycle.node("DequantizeLinear", {"q", "s"}, {"a"});
  cycle.output("a");
  CHECK(cycle.verdict() == "TC4105");

  QuantizedMaker incomplete;
  incomplete.input("x", {1, 1, 2, 2}, TensorProto::UINT8);
  incomplete.node("QLinearConv", {"x"}, {"y"});
  incomplete.output("y");
  CHECK(incomplete.verdict() == "TC4001");
}

}  // namespace
}  // namespace tinyc
