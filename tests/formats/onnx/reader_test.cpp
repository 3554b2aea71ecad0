#include "formats/onnx/reader.h"

#include <catch2/catch.hpp>

#include "lib/exec/interpreter.h"
#include "lib/ir/text_format.h"
#include "lib/ir/verifier.h"
#include "tests/formats/onnx/model_maker.h"

namespace tinyc {
namespace {

Graph good(const ModelMaker& maker, const OnnxReadOptions& options = {}) {
  auto graph = maker.read(options);
  if (!graph.ok()) FAIL(graph.error().to_string());
  REQUIRE(verify(*graph).ok());
  return std::move(graph).value();
}

std::vector<double> run_one(const Graph& graph, const std::vector<float>& x) {
  const Shape& shape = graph.value(graph.inputs().front()).type().shape;
  const auto outputs = run(graph, std::vector<Tensor>{Tensor::of<float>(shape, x)});
  REQUIRE(outputs.ok());
  return outputs->front().to_doubles();
}

TEST_CASE("values keep their names, nodes theirs or that of their output") {
  ModelMaker maker;
  maker.input("x", {1, 4});
  maker.initializer("w", {1, 4}, {1, 2, 3, 4});
  maker.node("Add", {"x", "w"}, {"sum"}, "y");  // a node named like a later value
  maker.node("Relu", {"sum"}, {"y"});
  maker.output("y");
  maker.model.set_producer_name("maker*/");
  maker.model.set_producer_version("1.0");
  const Graph graph = good(maker);
  CHECK(graph.value(graph.outputs().front()).name() == "y");
  CHECK(graph.node(graph.nodes()[0]).name() == "y");
  CHECK(graph.node(graph.nodes()[1]).name() == "y");
  CHECK(graph.find_value("sum").has_value());
  CHECK(graph.find_value("w").has_value());
  CHECK(graph.name == "made");
  CHECK(graph.metadata.at("model_opset") == "13");
  CHECK(graph.metadata.at("producer") == "maker 1.0");
  CHECK(graph.metadata.at("model_hash").size() == 16);
  CHECK(run_one(graph, {1, -1, -4, 0}) == std::vector<double>{2, 1, 0, 4});
}

TEST_CASE("nodes in the wrong order are sorted, an initializer listed as an input is a constant") {
  ModelMaker maker;
  maker.input("x", {1, 2});
  maker.input("w", {1, 2});
  maker.initializer("w", {1, 2}, {1, 1});
  maker.node("Relu", {"sum"}, {"y"});
  maker.node("Add", {"x", "w"}, {"sum"});
  maker.output("y");
  const Graph graph = good(maker);
  CHECK(graph.inputs().size() == 1);
  CHECK(run_one(graph, {-3, 3}) == std::vector<double>{0, 4});
}

TEST_CASE("floating point of other widths becomes f32") {
  ModelMaker maker;
  maker.input("x", {1, 2}, onnx::TensorProto::DOUBLE);
  auto& half = maker.initializer("h", {1, 2}, {});
  half.set_data_type(onnx::TensorProto::FLOAT16);
  half.add_int32_data(0x3c00);  // 1
  half.add_int32_data(0xc000);  // -2
  maker.node("Add", {"x", "h"}, {"y"});
  maker.output("y");
  const Graph graph = good(maker);
  CHECK(graph.value(graph.inputs().front()).type().dtype == DType::f32);
  CHECK(run_one(graph, {1, 1}) == std::vector<double>{2, -1});
}

TEST_CASE("a dynamic batch becomes 1, other dynamic dimensions are listed together") {
  for (const std::string batch : {"N", "batch", "batch_size", "unk__12", "", "-1"}) {
    ModelMaker maker;
    maker.symbolic_input("x", {batch, "3"});
    maker.node("Relu", {"x"}, {"y"});
    maker.output("y");
    const Graph graph = good(maker);
    CHECK(graph.value(graph.inputs().front()).type().shape == Shape{1, 3});
  }
  ModelMaker maker;
  maker.symbolic_input("x", {"batch", "length", ""});
  maker.symbolic_input("z", {"length", "batch"});
  maker.node("Relu", {"x"}, {"y"});
  maker.output("y");
  const auto refused = maker.read();
  REQUIRE_FALSE(refused.ok());
  REQUIRE(refused.error().diagnostics().size() == 1);
  CHECK(refused.error().diagnostics()[0].id == "TC3104");
  CHECK(refused.error().diagnostics()[0].remedy == "give each a size: --dim length=N --dim x:2=N --dim batch=N");

  const Graph graph = good(maker, {.dims = {{"length", 5}, {"x:2", 7}, {"batch", 2}}});
  CHECK(graph.value(graph.inputs()[0]).type().shape == Shape{2, 5, 7});
  CHECK(graph.value(graph.inputs()[1]).type().shape == Shape{5, 2});
}

TEST_CASE("a size for a dimension that the model lacks is a usage error") {
  CHECK(relu_model().verdict({.dims = {{"length", 5}}}) == "TC5030");
  ModelMaker maker;
  maker.symbolic_input("x", {"N", "3"});
  maker.node("Relu", {"x"}, {"y"});
  maker.output("y");
  CHECK(maker.verdict({.dims = {{"N", 0}}}) == "TC5030");
  CHECK(maker.verdict({.dims = {{"N", 4}}}) == "ok");
}

TEST_CASE("bound inputs become constants") {
  ModelMaker maker;
  maker.input("x", {1, 2});
  maker.input("w", {1, 2});
  maker.node("Add", {"x", "w"}, {"y"});
  maker.output("y");
  const Tensor w = Tensor::of<float>(Shape{1, 2}, std::vector<float>{1, 2});
  const Graph graph = good(maker, {.bind = {{"w", w}}});
  CHECK(graph.inputs().size() == 1);
  CHECK(run_one(graph, {0, 0}) == std::vector<double>{1, 2});
  CHECK(maker.verdict({.bind = {{"w", Tensor::scalar(1.0f)}}}) == "TC6011");
}

TEST_CASE("all unsupported operators are listed at once, by node") {
  ModelMaker maker;
  maker.input("x", {1, 2});
  maker.node("NoSuchThing", {"x"}, {"a"}, "first");
  maker.node("If", {"x"}, {"b"}, "second");
  maker.node("Scaler", {"x"}, {"c"}, "third").set_domain("ai.onnx.ml");
  maker.node("Relu", {"a"}, {"y"});
  maker.output("y");
  const auto graph = maker.read();
  REQUIRE_FALSE(graph.ok());
  CHECK(ModelMaker::verdict_of(graph) == "TC3101 TC3107 TC3102");
  for (const char* name : {"first", "second", "third", "NoSuchThing", "ai.onnx.ml"})
    CHECK(graph.error().to_string().find(name) != std::string::npos);
}

TEST_CASE("several import errors are reported together, what depends on them is not") {
  ModelMaker maker;
  maker.input("x", {1, 4});
  maker.initializer("w", {3, 1}, {1, 2, 3});
  maker.initializer("v", {5}, {1, 2, 3, 4, 5});
  maker.node("MatMul", {"x", "w"}, {"a"}, "first");
  maker.node("Relu", {"a"}, {"b"});
  maker.node("Add", {"x", "v"}, {"c"}, "second");
  maker.node("Add", {"b", "c"}, {"y"});
  maker.output("y");
  const auto graph = maker.read();
  REQUIRE_FALSE(graph.ok());
  REQUIRE(graph.error().diagnostics().size() == 2);
  CHECK(graph.error().diagnostics()[0].where == "first");
  CHECK(graph.error().diagnostics()[1].where == "second");
}

TEST_CASE("supported opsets are 6 to 23") {
  for (const auto& [opset, verdict] : std::vector<std::pair<std::int64_t, std::string>>{
           {1, "TC3103"}, {5, "TC3103"}, {6, "ok"}, {7, "ok"}, {23, "ok"}, {24, "TC3103"}, {-1, "TC3103"}}) {
    ModelMaker maker(opset);
    maker.input("x", {1, 4});
    maker.node("Relu", {"x"}, {"y"});
    maker.output("y");
    CHECK(maker.verdict() == verdict);
  }
}

TEST_CASE("calls of model-local functions are replaced by their bodies") {
  ModelMaker maker;
  maker.input("x", {1, 2});
  auto& function = *maker.model.add_functions();
  function.set_name("Leak");
  function.set_domain("mine");
  for (const char* value : {"a", "b"}) function.add_input(value);
  for (const char* value : {"c", "d"}) function.add_output(value);
  function.add_attribute("slope");
  auto* opset = function.add_opset_import();
  opset->set_version(13);
  const auto add = [&](const char* type, const char* from, const char* to, const char* attribute) {
    auto& node = *function.add_node();
    node.set_op_type(type);
    node.add_input(from);
    node.add_output(to);
    if (!attribute) return;
    auto& alpha = *node.add_attribute();
    alpha.set_name("alpha");
    alpha.set_ref_attr_name(attribute);
    alpha.set_type(onnx::AttributeProto::FLOAT);
  };
  add("Relu", "a", "inner", nullptr);
  add("LeakyRelu", "a", "c", "slope");
  add("Neg", "inner", "unused", nullptr);
  function.mutable_node()->RemoveLast();
  add("LeakyRelu", "b", "d", "absent");
  auto& call = maker.node("Leak", {"x", "x"}, {"y", "z"}, "call");
  call.set_domain("mine");
  auto& slope = *call.add_attribute();
  slope.set_name("slope");
  slope.set_type(onnx::AttributeProto::FLOAT);
  slope.set_f(0.5f);
  maker.output("y");
  maker.output("z");
  const Graph graph = good(maker);
  CHECK(graph.find_value("call/inner").has_value());
  const auto outputs = run(graph, std::vector<Tensor>{Tensor::of<float>(Shape{1, 2}, std::vector<float>{-2, 2})});
  REQUIRE(outputs.ok());
  CHECK(outputs->at(0).to_doubles() == std::vector<double>{-1, 2});
  CHECK(outputs->at(1).to_doubles()[0] == Approx(-0.02));

  auto& recursive = *function.add_node();
  recursive.set_op_type("Leak");
  recursive.set_domain("mine");
  CHECK(maker.verdict() == "TC4108");
}

TEST_CASE("the same model gives the same graph") {
  CHECK(print(good(relu_model())) == print(good(relu_model())));
}

}  // namespace
}  // namespace tinyc
