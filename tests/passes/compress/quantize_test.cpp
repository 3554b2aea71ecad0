#include <cmath>

#include "lib/exec/interpreter.h"
#include "lib/quant/affine.h"
#include "lib/quant/metrics.h"
#include "lib/support/rng.h"
#include "tests/passes/compress/run.h"

namespace tinyc {
namespace {

// The quantized graph, printed.
std::string quantized(const std::string& text) {
  Graph graph = graph_of(text);
  require_ok(transform(graph, "quantize"));
  return print(graph);
}

}  // namespace

TEST_CASE("activations, weights and biases get their parameters") {
  CHECK(quantized(R"(graph "g" stage=calibrated
input %x: f32[1,2] range(-1, 1.55)
const %w: f32[2,2] = [1.27, -0.5, 0.02, 2.54]
const %b: f32[2] = [0.1, -2]
%y: f32[1,2] range(0, 5.1) = fully_connected(%x, %w, %b) {clamp_low=0.0} @"layer one"
output %y
)") == R"(graph "g" stage=quantized
input %x: i8[1,2] quant(0.01:-28) range(-1, 1.55)
const %w: i8[2,2] quant(axis=0, scale=[0.010000001, 0.020000001], zero_point=[0, 0]) = [127, -50, 1, 127]
const %b: i32[2] quant(axis=0, scale=[0.000100000005, 0.00020000001], zero_point=[0, 0]) = [1000, -10000]
%y: i8[1,2] quant(0.02:-128) range(0, 5.1) = fully_connected(%x, %w, %b) {clamp_low=0.0} @"layer one"
output %y
)");
}

TEST_CASE("constant operands get parameters of their own, views those of their operand") {
  const std::string text = quantized(R"(graph "g" stage=calibrated
input %x: f32[1,2,2] range(0, 2.55)
const %c: f32[2] = [-1.28, 1.27]
%y: f32[1,2,2] range(-1.28, 3.82) = add(%x, %c)
%z: f32[1,4] range(-1.2, 3.8) = reshape(%y) {shape=[1, 4]}
output %z
)");
  CHECK_THAT(text, Catch::Contains("const %c: i8[2] quant(0.01:0) = [-128, 127]") &&
                       Catch::Contains("%y: i8[1,2,2] quant(0.02:-64) range(-1.28, 3.82) = add(%x, %c)") &&
                       Catch::Contains("%z: i8[1,4] quant(0.02:-64)"));
}

TEST_CASE("functions of one operand become tables of their float evaluation") {
  Graph graph = graph_of(R"(graph "g" stage=calibrated
input %x: f32[1,3] range(-4, 4)
%y: f32[1,3] range(0.018, 0.98) = sigmoid(%x) @"squash"
output %y
)");
  require_ok(transform(graph, "quantize"));
  const Value& y = graph.value(*graph.find_value("y"));
  CHECK(graph.node(y.producer()).op().name == "lookup_table");
  CHECK(graph.node(y.producer()).name() == "squash");
  const Quantization in = *graph.value(graph.inputs()[0]).type().quantization, out = *y.type().quantization;
  const auto table = graph.value(graph.node(y.producer()).operands()[1]).constant().to_integers();
  for (int stored = -128; stored < 128; ++stored) {
    const double x = in.scale[0] * (stored - in.zero_point[0]);
    const double real = (static_cast<double>(table[static_cast<std::size_t>(stored + 128)]) - out.zero_point[0]) * out.scale[0];
    CHECK(std::fabs(real - 1 / (1 + std::exp(-x))) <= out.scale[0] * 0.5001);
  }
}

TEST_CASE("concat: producers with one reader write its parameters, others are requantized") {
  const std::string text = quantized(R"(graph "g" stage=calibrated
input %x: f32[1,2] range(0, 2.55)
const %w: f32[2,2] = [1, 0, 0, 1]
const %k: f32[1,1] = [5.1]
%a: f32[1,2] range(-1, 1) = fully_connected(%x, %w)
%b: f32[1,2] range(-2, 2) = fully_connected(%x, %w)
%r: f32[2] range(-1, 1) = reshape(%a) {shape=[2]}
%s: f32[1,2] range(-1, 1) = reshape(%r) {shape=[1, 2]}
%y: f32[1,7] range(-2.5, 5.15) = concat(%s, %b, %x, %k) {axis=1}
output %y, %b
)");
  CHECK_THAT(text, Catch::Contains("%a: i8[1,2] quant(0.030000001:-45)") && Catch::Contains("%s: i8[1,2] quant(0.030000001:-45)"));
  CHECK_THAT(text, Catch::Contains("%b: i8[1,2] quant(0.015686275:-1)"));
  CHECK_THAT(text, Catch::Contains("%b_requantized: i8[1,2] quant(0.030000001:-45)") &&
                       Catch::Contains("= requantize(%b)"));
  CHECK_THAT(text, Catch::Contains("= requantize(%x)"));
  CHECK_THAT(text, Catch::Contains("const %k: i8[1,1] quant(0.030000001:-45) = [125]"));
}

TEST_CASE("channels that are nearly zero overflow neither bias nor accumulator") {
  Graph graph = graph_of(R"(graph "g" stage=calibrated
input %x: f32[1,2] range(0, 2.55)
const %w: f32[2,2] = [1e-30, -1e-30, 0, 1]
const %b: f32[2] = [3, -1]
%y: f32[1,2] range(0, 5) = fully_connected(%x, %w, %b)
output %y
)");
  Trace trace;
  require_ok(transform(graph, "quantize", nullptr, &trace));
  const Type& w = graph.value(*graph.find_value("w")).type();
  const auto bias = graph.value(*graph.find_value("b")).constant().to_integers();
  CHECK(bias[0] < (std::int64_t{1} << 30));
  CHECK(bias[0] * 0.01 * static_cast<double>(w.quantization->scale[0]) == Approx(3));
  CHECK(trace.notes.at(0).facts.integer("raised_channels") == 1);
  CHECK(trace.notes.at(0).facts.integer("accumulator_bound") < (std::int64_t{1} << 31));
}

TEST_CASE("a bias makes up for what rounding the weights adds on average") {
  const auto text = R"(graph "g" stage=canonical
input %x: f32[1,2]
const %w: f32[2,2] = [1.27, 0.004, 1.27, 0.016]
const %b: f32[2] = [0.5, -0.5]
%y: f32[1,2] = fully_connected(%x, %w, %b)
output %y
)";
  std::vector<std::vector<Tensor>> samples;
  for (const float x : {0.0f, 2.0f}) samples.push_back({Tensor::of<float>({1, 2}, std::vector<float>{x, 10})});
  Graph graph = graph_of(text);
  require_ok(transform(graph, "calibrate, quantize", make_dataset(samples).get()));
  CHECK(graph.value(*graph.find_value("w")).constant().to_integers() == std::vector<std::int64_t>{127, 0, 127, 2});
  const double step = 0.01 * 10 / 255;  // the mean input is [1, 10]
  CHECK(graph.value(*graph.find_value("b")).constant().to_integers() ==
        std::vector<std::int64_t>{std::llround((0.5 + 0.04) / step), std::llround((-0.5 - 0.04) / step)});
}

TEST_CASE("every obstacle is reported at once, by node") {
  Graph graph = graph_of(R"(graph "g" stage=calibrated
input %x: f32[1,2] range(0, 1)
%a: u8[1,2] quant(0.5:1) = quantize(%x) {scale=0.5, type="u8", zero_point=1} @"first"
%b: f32[1,2] range(0, 1) = dequantize(%a) @"second"
output %b
)");
  const Status status = transform(graph, "quantize");
  REQUIRE_FALSE(status.ok());
  CHECK(status.error().exit_code() == ExitCode::unsupported);
  REQUIRE(status.error().diagnostics().size() == 2);
  CHECK(status.error().diagnostics()[0].where == "first");
  CHECK(status.error().diagnostics()[1].where == "second");
}

// The int8 graph of a random network with residual, pointwise and depthwise layers stays close to the float one.
TEST_CASE("a quantized network computes what the float network does, within noise") {
  Rng rng(3);
  const auto random = [&](Shape shape) {
    Tensor tensor(DType::f32, std::move(shape));
    for (float& x : tensor.mutable_data<float>()) x = static_cast<float>(rng.normal() * 0.3);
    return tensor;
  };
  Graph graph;
  graph.stage = Stage::canonical;
  Builder build(graph, all_ops());
  const auto conv = [&](const char* name, ValueId x, Shape shape, std::int64_t groups, std::int64_t pad) {
    const ValueId w = graph.add_constant(std::string(name) + "_w", random(shape));
    const ValueId b = graph.add_constant(std::string(name) + "_b", random({shape[0]}));
    return build.emit("conv2d", name, {x, w, b},
                      {{"strides", std::vector<std::int64_t>{1, 1}}, {"dilations", std::vector<std::int64_t>{1, 1}},
                       {"pads", std::vector<std::int64_t>{pad, pad, pad, pad}}, {"groups", groups}, {"clamp_low", 0.0}}).value();
  };
  const ValueId x = graph.add_input("x", Type{DType::f32, {1, 6, 6, 3}});
  const ValueId first = conv("first", x, {8, 3, 3, 3}, 1, 1);
  const ValueId depthwise = conv("depthwise", first, {8, 3, 3, 1}, 8, 1);
  const ValueId sum = build.emit("add", "sum", {depthwise, first}).value();
  const ValueId last = conv("last", sum, {5, 1, 1, 8}, 1, 0);
  const ValueId flat = build.emit("reshape", "flat", {last}, {{"shape", std::vector<std::int64_t>{1, 180}}}).value();
  const ValueId w = graph.add_constant("fc_w", random({4, 180}));
  graph.set_outputs({build.emit("fully_connected", "fc", {flat, w}).value()});

  const auto data = synthetic_dataset(graph, 20, 5);
  Graph integer = graph;
  require_ok(transform(integer, "calibrate, quantize", data.get()));
  Sqnr sqnr;
  for (std::int64_t i = 0; i < data->size(); ++i) {
    const auto sample = data->sample(i);
    const Tensor stored = quantize_tensor(sample[0], integer.value(integer.inputs()[0]).type());
    const Tensor result = run(integer, {&stored, 1}).value().front();
    sqnr.add(dequantize_tensor(result, *integer.value(integer.outputs()[0]).type().quantization),
             run(graph, sample).value().front());
  }
  CHECK(*sqnr.decibels() > 30);
}

}  // namespace tinyc
