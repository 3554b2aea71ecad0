// If, Loop and Scan whose course is known are unrolled; others are refused.

#include <catch2/catch.hpp>

#include "lib/exec/interpreter.h"
#include "lib/ir/verifier.h"
#include "tests/formats/onnx/model_maker.h"

namespace tinyc {
namespace {

using Reals = std::vector<double>;

// A body within a model: the graph attribute of a node.
struct Body {
  onnx::GraphProto& graph;
  Body(onnx::NodeProto& node, const std::string& attribute) : graph(*graph_of(node, attribute)) {}
  static onnx::GraphProto* graph_of(onnx::NodeProto& node, const std::string& name) {
    auto& attribute = *node.add_attribute();
    attribute.set_name(name);
    attribute.set_type(onnx::AttributeProto::GRAPH);
    return attribute.mutable_g();
  }
  void input(const std::string& name) { graph.add_input()->set_name(name); }
  void output(const std::string& name) { graph.add_output()->set_name(name); }
  onnx::NodeProto& node(const std::string& type, const std::vector<std::string>& inputs, const std::string& output) {
    auto& made = *graph.add_node();
    made.set_op_type(type);
    for (const std::string& value : inputs) made.add_input(value);
    made.add_output(output);
    return made;
  }
};

void constant(ModelMaker& maker, const std::string& name, std::int64_t value, int type = onnx::TensorProto::INT64) {
  auto& tensor = maker.initializer(name, {}, {});
  tensor.set_data_type(type);
  if (type == onnx::TensorProto::INT64) tensor.add_int64_data(value);
  else tensor.add_int32_data(static_cast<std::int32_t>(value));
}

std::vector<Reals> outputs_of(const ModelMaker& maker, const std::vector<float>& x) {
  auto graph = maker.read();
  if (!graph.ok()) FAIL(graph.error().to_string());
  const Status valid = verify(*graph);
  if (!valid.ok()) FAIL(valid.error().to_string());
  const auto results = run(*graph, std::vector<Tensor>{Tensor::of<float>(graph->value(graph->inputs()[0]).type().shape, x)});
  if (!results.ok()) FAIL(results.error().to_string());
  std::vector<Reals> all;
  for (const Tensor& result : *results) all.push_back(result.to_doubles());
  return all;
}

ModelMaker if_model(bool condition) {
  ModelMaker maker;
  maker.input("x", {2});
  constant(maker, "yes", condition, onnx::TensorProto::BOOL);
  maker.node("Neg", {"x"}, {"minus"});
  auto& node = maker.node("If", {"yes"}, {"y"}, "choice");
  Body taken(node, "then_branch"), other(node, "else_branch");
  taken.node("Add", {"x", "minus"}, "t");
  taken.node("Exp", {"t"}, "u");
  taken.output("u");
  other.node("NoSuchThing", {"x"}, "t");
  other.output("t");
  maker.output("y");
  return maker;
}

TEST_CASE("an If with a constant condition is its branch, which sees the values around it") {
  CHECK(outputs_of(if_model(true), {3, 4}) == std::vector<Reals>{{1, 1}});
  const auto refused = if_model(false).read();
  CHECK(ModelMaker::verdict_of(refused) == "TC3101");
  CHECK(refused.error().diagnostics()[0].where == "choice/t");

  ModelMaker lost = if_model(true);
  lost.graph().mutable_node(1)->mutable_attribute(0)->mutable_g()->mutable_node(0)->set_input(1, "lost");
  CHECK(lost.verdict() == "TC4104");
  ModelMaker unsorted = if_model(true);
  unsorted.graph().mutable_node()->SwapElements(0, 1);  // the branch reads what comes later
  CHECK(unsorted.verdict() == "ok");
  ModelMaker branchless = if_model(true);
  branchless.graph().mutable_node(1)->clear_attribute();
  CHECK(branchless.verdict() == "TC4106");
}

TEST_CASE("a condition may be computed from shapes, not from data") {
  for (const bool by_shape : {true, false}) {
    ModelMaker maker;
    maker.input("x", {2});
    constant(maker, "two", 2);
    maker.node(by_shape ? "Shape" : "Size", {"x"}, {"s"});
    maker.node("Equal", {by_shape ? "s" : "x", "two"}, {"same"}, "compare");
    auto& node = maker.node("If", {"same"}, {"y"}, "choice");
    for (const char* branch : {"then_branch", "else_branch"}) Body(node, branch).output("x");
    maker.output("y");
    if (by_shape) CHECK(outputs_of(maker, {3, 4}) == std::vector<Reals>{{3, 4}});
    else CHECK(maker.verdict() == "TC3107");
  }
}

// s, ys: five times s = s + x + w, collecting s * iteration
ModelMaker loop_model() {
  ModelMaker maker;
  maker.input("x", {2});
  maker.initializer("zero", {2}, {0, 0});
  constant(maker, "n", 3);
  auto& node = maker.node("Loop", {"n", "", "zero"}, {"sum", "all"}, "loop");
  Body body(node, "body");
  for (const char* name : {"i", "go", "s"}) body.input(name);
  auto& w = *body.graph.add_initializer();
  w.set_name("w");
  w.set_data_type(onnx::TensorProto::FLOAT);
  w.add_float_data(1);
  body.node("Add", {"s", "x"}, "t");
  body.node("Add", {"t", "w"}, "u");
  auto& cast = *body.node("Cast", {"i"}, "f").add_attribute();
  cast.set_name("to");
  cast.set_type(onnx::AttributeProto::INT);
  cast.set_i(onnx::TensorProto::FLOAT);
  body.node("Mul", {"u", "f"}, "v");
  body.node("Identity", {"go"}, "again");
  for (const char* name : {"again", "u", "v"}) body.output(name);
  maker.output("sum");
  maker.output("all");
  return maker;
}

TEST_CASE("a Loop with a constant trip count is as many copies of its body") {
  const ModelMaker maker = loop_model();
  CHECK(outputs_of(maker, {1, 10}) == std::vector<Reals>{{6, 33}, {0, 0, 4, 22, 12, 66}});
  const Graph graph = *maker.read();
  CHECK(graph.value(graph.outputs()[1]).type().shape == Shape{3, 2});
  int weights = 0;
  for (const ValueId id : graph.values()) weights += graph.value(id).is_constant() && graph.value(id).type().shape == Shape{};
  CHECK(weights >= 1);
  CHECK(maker.verdict({.max_nodes = 12}) == "TC8103");
}

TEST_CASE("a Loop ends when its condition says so, and is refused when that depends on data") {
  ModelMaker maker = loop_model();
  auto& loop = *maker.graph().mutable_node(0);
  loop.set_input(0, "");
  CHECK(maker.verdict({.max_nodes = 1'000'000'000}) == "TC8103");  // for ever
  auto& body = *loop.mutable_attribute(0)->mutable_g();
  constant(maker, "last", 3);
  auto& again = *body.mutable_node(4);
  again.set_op_type("Less");
  again.set_input(0, "i");
  again.add_input("last");
  CHECK(outputs_of(maker, {1, 10})[0] == Reals{8, 44});  // i = 0, 1, 2, 3
  again.set_input(0, "u");
  again.set_input(1, "t");
  const auto refused = maker.read();
  CHECK(ModelMaker::verdict_of(refused) == "TC3107");
  CHECK(refused.error().diagnostics()[0].where == "loop");

  ModelMaker dynamic = loop_model();
  dynamic.input("trips", {}, onnx::TensorProto::INT64);
  dynamic.graph().mutable_node(0)->set_input(0, "trips");
  CHECK(dynamic.verdict() == "TC3107");
}

TEST_CASE("bodies that do not fit their node") {
  ModelMaker few = loop_model();
  few.graph().mutable_node(0)->mutable_attribute(0)->mutable_g()->add_input()->set_name("more");
  CHECK(few.verdict() == "TC4001");
  ModelMaker mute = loop_model();
  mute.graph().mutable_node(0)->mutable_attribute(0)->mutable_g()->clear_output();
  CHECK(mute.verdict() == "TC4001");
  ModelMaker more = loop_model();
  more.graph().mutable_node(0)->add_output("third");
  CHECK(more.verdict() == "TC4001");
  ModelMaker circle = loop_model();
  circle.graph().mutable_node(0)->mutable_attribute(0)->mutable_g()->mutable_node(0)->set_input(1, "v");
  CHECK(circle.verdict() == "TC4105");
  ModelMaker unknown = loop_model();
  auto& body = *unknown.graph().mutable_node(0)->mutable_attribute(0)->mutable_g();
  for (const int i : {0, 1}) body.mutable_node(i)->set_op_type("NoSuchThing");
  CHECK(unknown.verdict() == "TC3101 TC3101");  // all at once
}

TEST_CASE("loops within loops stay within the limit on nodes") {
  ModelMaker maker;
  maker.input("x", {2});
  constant(maker, "many", 9999);
  auto* node = &maker.node("Loop", {"many", "", "x"}, {"y"});
  for (int depth = 0; depth < 4; ++depth) {
    Body body(*node, "body");
    const std::string k = std::to_string(depth);
    for (const std::string name : {"i", "go", "s"}) body.input(name + k);
    body.output("go" + k);
    body.output("r" + k);
    node = &body.node(depth < 3 ? "Loop" : "Neg", {}, "r" + k);
    if (depth < 3) for (const std::string& input : {std::string("many"), std::string(), "s" + k}) node->add_input(input);
    else node->add_input("s" + k);
  }
  maker.output("y");
  CHECK(maker.verdict() == "TC8103");
}

TEST_CASE("a Scan runs along its inputs, forwards or backwards") {
  for (const bool backward : {false, true}) {
    ModelMaker maker;
    maker.input("x", {2, 3});
    maker.initializer("zero", {2}, {0, 0});
    auto& node = maker.node("Scan", {"zero", "x"}, {"sum", "sums"}, "scan");
    const auto integers = [&](const char* name, std::int64_t value, bool list) {
      auto& attribute = *node.add_attribute();
      attribute.set_name(name);
      attribute.set_type(list ? onnx::AttributeProto::INTS : onnx::AttributeProto::INT);
      if (list) attribute.add_ints(value);
      else attribute.set_i(value);
    };
    integers("num_scan_inputs", 1, false);
    integers("scan_input_axes", 1, true);
    integers("scan_output_axes", -1, true);
    integers("scan_input_directions", backward, true);
    Body body(node, "body");
    for (const char* name : {"s", "e"}) body.input(name);
    body.node("Add", {"s", "e"}, "t");
    body.output("t");
    body.output("t");
    maker.output("sum");
    maker.output("sums");
    const auto outputs = outputs_of(maker, {1, 2, 3, 10, 20, 30});
    CHECK(outputs[0] == Reals{6, 60});
    CHECK(outputs[1] == (backward ? Reals{3, 5, 6, 30, 50, 60} : Reals{1, 3, 6, 10, 30, 60}));
  }
}

TEST_CASE("a body within a model-local function sees the function's values, and calls functions itself") {
  ModelMaker maker;
  maker.input("x", {2});
  constant(maker, "yes", 1, onnx::TensorProto::BOOL);
  for (const char* name : {"Twice", "Chosen"}) {
    auto& function = *maker.model.add_functions();
    function.set_name(name);
    function.set_domain("mine");
    function.add_opset_import()->set_version(13);
    function.add_output("b");
    function.add_input("a");
  }
  auto& twice = *maker.model.mutable_functions(0)->add_node();
  twice.set_op_type("Add");
  for (int i = 0; i < 2; ++i) twice.add_input("a");
  twice.add_output("b");
  auto& chosen = *maker.model.mutable_functions(1);
  chosen.add_input("which");
  auto& choice = *chosen.add_node();
  choice.set_op_type("If");
  choice.add_input("which");
  choice.add_output("b");
  for (const char* branch : {"then_branch", "else_branch"}) {
    Body body(choice, branch);
    body.node("Twice", {"a"}, "c").set_domain("mine");
    body.output("c");
  }
  maker.node("Chosen", {"x", "yes"}, {"y"}, "call").set_domain("mine");
  maker.output("y");
  CHECK(outputs_of(maker, {3, 4}) == std::vector<Reals>{{6, 8}});
}

}  // namespace
}  // namespace tinyc
