#include "formats/onnx/writer.h"

#include <catch2/catch.hpp>

#include "formats/onnx/export_node.h"
#include "formats/onnx/reader.h"
#include "lib/ops/ops.h"
#include "tests/passes/pass_fixture.h"

namespace tinyc {
namespace {

onnx::ModelProto written(const Graph& graph) {
  const auto bytes = write_onnx(graph);
  if (!bytes.ok()) FAIL(bytes.error().to_string());
  CHECK(is_written_onnx(*bytes));
  CHECK(*write_onnx(graph) == *bytes);
  onnx::ModelProto model;
  REQUIRE(onnx_format::parse(*bytes, std::int64_t{1} << 30, model).ok());
  return model;
}

std::vector<std::string> op_types(const onnx::ModelProto& model) {
  std::vector<std::string> types;
  for (const auto& node : model.graph().node()) types.push_back(node.op_type());
  return types;
}

const onnx::NodeProto& node_of(const onnx::ModelProto& model, const std::string& output) {
  for (const auto& node : model.graph().node())
    if (node.output(0) == output) return node;
  FAIL("no node makes " << output);
  return model.graph().node(0);
}

Tensor initializer(const onnx::ModelProto& model, const std::string& name) {
  for (const auto& tensor : model.graph().initializer())
    if (tensor.name() == name) return *read_tensor_pb(tensor.SerializeAsString(), name);
  FAIL("no initializer " << name);
  return {};
}

const std::vector<std::string> pair{"QuantizeLinear", "DequantizeLinear"};

// What ONNX is read back computes what the graph computes.
void check_round_trip(const std::string& text) {
  Graph graph = graph_of(text);
  const auto bytes = write_onnx(graph);
  if (!bytes.ok()) FAIL(bytes.error().to_string());
  auto again = read_onnx_bytes(*bytes, ".");
  if (!again.ok()) FAIL(again.error().to_string());
  for (std::size_t i = 0; i < graph.outputs().size(); ++i)  // the importer drops an Identity and its name
    again->rename(again->outputs()[i], graph.value(graph.outputs()[i]).name());
  check_equivalent(graph, *again);
}

TEST_CASE("every operator has a form in ONNX, but for those that came after opset 17 or do not last", "[onnx-writer]") {
  for (const OpDef* op : all_ops()) {
    INFO(op->name);
    const bool exempt = op->name.starts_with("bitwise_") || op->name == "function";
    CHECK((onnx_format::find_onnx_export(op->name) != nullptr) == !exempt);
  }
}

TEST_CASE("a float graph is channels-first where it was", "[onnx-writer]") {
  const std::string text = R"(
input %x: f32[1,2,3,4]
const %w: f32[3,2,2,2] = [1, -2, 3, 4, -5, 6, 7, -8, 12, -12, 3, 2, 1, 0, -1, -2, 9, 8, 7, 6, 5, 4, 3, 2]
const %offset: f32[3] = [1, -2, 3]
%t = transpose(%x) {perm=[0, 2, 3, 1]}
%c = conv2d(%t, %w) {clamp_low=0.0, dilations=[1, 1], groups=1, pads=[0, 0, 1, 1], strides=[1, 1]}
%s = add(%c, %offset)
%m = reduce_max(%s) {axes=[1], keepdims=0}
%y = softmax(%m) {axis=2}
%z = transpose(%s) {perm=[0, 3, 1, 2]}
output %y, %z
)";
  check_round_trip(text);
  const auto model = written(graph_of(text));
  // %z is %s as it is there; %y's own axes are in another order.
  CHECK(op_types(model) == std::vector<std::string>{"Conv", "Relu", "Reshape", "Add", "ReduceMax", "Softmax", "Transpose", "Identity"});
  CHECK(model.graph().input(0).name() == "x");
  CHECK(model.graph().output(0).name() == "y");
  CHECK(model.graph().output(1).name() == "z");
  CHECK(node_of(model, "s").name() == "s");
}

TEST_CASE("forms that ONNX has otherwise", "[onnx-writer]") {
  check_round_trip(R"(
input %x: f32[1,4,4,4]
const %w: f32[4,2,3,2] = [1,2,3,4,5,6,7,8,9,8,7,6,5,4,3,2,1,0,-1,-2,-3,-4,-5,-6,-7,-8,-9,-8,-7,-6,-5,-4,-3,-2,-1,0,1,2,3,4,5,6,7,8,9,8,7,6]
const %d: f32[3,4] = [1,2,3,4,5,6,7,8,9,-1,-2,-3]
const %b: f32[3] = [0.5, 0.25, -1]
%t = conv_transpose2d(%x, %w) {dilations=[1, 1], groups=2, output_padding=[1, 0], pads=[0, 1, 0, 1], strides=[2, 1]}
%a = average_pool(%t) {count_include_pad=1, dilations=[1, 1], kernel=[3, 2], pads=[1, 0, 2, 1], strides=[3, 2], uncounted=[1, 0]}
%f = fully_connected(%a, %d, %b) {clamp_high=2.0}
%g = gelu(%f) {approximate="tanh"}
%m = mish(%g)
%p = pad(%m) {mode="constant", pads=[0, 1, 0, 2, 0, 0, 1, 0], value=0.5}
%r = slice(%p) {sizes=[1, 2, 3, 2], starts=[0, 2, 0, 3], steps=[1, -1, 1, -2]}
%u = resize(%r) {coordinates="half_pixel", mode="linear", nearest="floor", scales=[1.0, 2.0, 1.5, 1.0], sizes=[1, 4, 4, 2]}
%l = reshape(%u) {shape=[4, 8]}
output %l
)");
}

TEST_CASE("reshapes of axes of size 1 are no nodes of their own", "[onnx-writer]") {
  const std::string text = R"(
input %x: f32[1,2,5]
const %w: f32[3,1,2,2] = [1, -2, 3, 4, -5, 6, 7, -8, 12, -12, 3, 2]
%t = transpose(%x) {perm=[0, 2, 1]}
%r = reshape(%t) {shape=[1, 1, 5, 2]}
%c = conv2d(%r, %w) {dilations=[1, 1], groups=1, pads=[0, 0, 0, 0], strides=[1, 1]}
%d = reshape(%c) {shape=[1, 4, 3]}
%y = transpose(%d) {perm=[0, 2, 1]}
output %y
)";
  check_round_trip(text);
  CHECK(op_types(written(graph_of(text))) == std::vector<std::string>{"Reshape", "Conv", "Reshape"});
}

const std::string int8_layer = R"(graph "test" stage=quantized
input %x: i8[1,2,3,4] quant(0.5:3)
const %w: i8[3,2,2,2] quant(axis=0, scale=[0.1, 0.2, 0.05], zero_point=[0, 0, 0]) = [1, -2, 3, 4, -5, 6, 7, -8, 127, -127, 3, 2, 1, 0, -1, -2, 9, 8, 7, 6, 5, 4, 3, 2]
const %b: i32[3] quant(axis=0, scale=[0.05, 0.1, 0.025], zero_point=[0, 0, 0]) = [100, -20, 3]
%t: i8[1,3,4,2] quant(0.5:3) = transpose(%x) {perm=[0, 2, 3, 1]}
%c: i8[1,2,3,3] quant(0.75:-128) = conv2d(%t, %w, %b) {clamp_high=6.0, clamp_low=0.0, dilations=[1, 1], groups=1, pads=[0, 0, 0, 0], strides=[1, 1]} @"first"
output %c
)";

TEST_CASE("an int8 layer stands between pairs, with the scales it computes with", "[onnx-writer]") {
  const auto model = written(graph_of(int8_layer));
  // The bound 0 is that of the result's type; an output is as the graph has it, hence the transpose.
  CHECK(op_types(model) == std::vector<std::string>{"QuantizeLinear", "DequantizeLinear", "DequantizeLinear", "DequantizeLinear",
                                                    "Conv", "Clip", "QuantizeLinear", "DequantizeLinear", "Transpose"});
  CHECK(model.graph().input(0).type().tensor_type().elem_type() == onnx::TensorProto::FLOAT);
  CHECK(model.graph().node(0).input(0) == "x");
  CHECK(model.graph().node(4).name() == "first");
  CHECK(model.graph().output(0).name() == "c");

  const auto& weights = node_of(model, model.graph().node(4).input(1));
  CHECK(weights.attribute(0).i() == 0);
  const Tensor stored = initializer(model, "w");
  CHECK(stored.shape() == Shape{3, 2, 2, 2});  // OIHW
  CHECK(std::vector<std::int8_t>(stored.data<std::int8_t>().begin(), stored.data<std::int8_t>().begin() + 8) ==
        std::vector<std::int8_t>{1, 3, -5, 7, -2, 4, 6, -8});
  // 16 bits of 0.5 * 0.1 / 0.75, and so on, times 0.75 / 0.5.
  const Tensor scale = initializer(model, weights.input(1));
  for (const auto& [i, multiplier] : {std::pair{std::size_t{0}, 34953.0}, std::pair{std::size_t{1}, 34953.0 * 2}})
    CHECK(static_cast<double>(scale.data<float>()[i]) == Approx(std::ldexp(multiplier, -19) * 1.5).epsilon(1e-7));
  const auto& bias = node_of(model, model.graph().node(4).input(2));
  CHECK(bias.input_size() == 2);
  CHECK(initializer(model, bias.input(1)).data<float>()[0] == Approx(std::ldexp(34953.0, -19) * 0.75).epsilon(1e-7));
  CHECK(initializer(model, "b").dtype() == DType::i32);
}

std::string table_graph(const std::function<int(int)>& entry) {
  std::string table;
  for (int stored = -128; stored < 128; ++stored) table += (stored > -128 ? ", " : "") + std::to_string(entry(stored));
  return "graph \"test\" stage=quantized\ninput %x: i8[4] quant(0.0625:0)\nconst %f: i8[256] = [" + table +
         "]\n%y: i8[4] quant(0.00390625:-128) = lookup_table(%x, %f)\noutput %y\n";
}

TEST_CASE("a table is the function that makes it, or itself", "[onnx-writer]") {
  const auto sigmoid = [](int stored) {
    return static_cast<int>(std::nearbyint(256 / (1 + std::exp(-0.0625 * stored)))) - 128;
  };
  CHECK(op_types(written(graph_of(table_graph([&](int s) { return std::min(sigmoid(s), 127); })))) ==
        std::vector<std::string>{"QuantizeLinear", "DequantizeLinear", "Sigmoid", "QuantizeLinear", "DequantizeLinear"});

  const auto other = [](int stored) { return (stored * 37) % 100; };
  const auto model = written(graph_of(table_graph(other)));
  CHECK(op_types(model) == std::vector<std::string>{"QuantizeLinear", "DequantizeLinear", "Cast", "Gather", "DequantizeLinear"});
  CHECK(model.graph().node(2).input(0) == "x_quantized");
  const Tensor table = initializer(model, model.graph().node(3).input(0));
  for (int stored = -128; stored < 128; ++stored)  // a negative index counts from the end
    CHECK(table.data<std::int8_t>()[static_cast<std::size_t>(stored < 0 ? stored + 256 : stored)] == other(stored));
}

TEST_CASE("everything without a form is named", "[onnx-writer]") {
  const auto refused = write_onnx(graph_of(R"(
input %x: i32[4]
input %y: i32[4]
%a = bitwise_and(%x, %y)
%b = bitwise_or(%a, %y)
output %b
)"));
  REQUIRE(!refused.ok());
  REQUIRE(refused.error().diagnostics().size() == 2);
  CHECK(refused.error().diagnostics()[1].id == "TC3110");
  CHECK(refused.error().diagnostics()[1].where == "b");

  CHECK(!write_onnx(graph_of("input %x: f32[4]\n%y = pad(%x) {mode=\"wrap\", pads=[1, 1], value=0.0}\noutput %y\n")).ok());
}

}  // namespace
}  // namespace tinyc
