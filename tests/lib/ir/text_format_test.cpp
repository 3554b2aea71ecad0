#include "lib/ir/text_format.h"

#include <catch2/catch.hpp>
#include <limits>

#include "lib/ir/builder.h"
#include "lib/ops/ops.h"
#include "lib/support/rng.h"

namespace tinyc {
namespace {

void check_round_trip(const Graph& graph) {
  const std::string text = print(graph);
  const auto parsed = parse_graph(text, all_ops());
  INFO(text);
  if (!parsed.ok()) FAIL(parsed.error().to_string());
  CHECK(print(*parsed) == text);
}

Graph parsed(const std::string& text) {
  auto graph = parse_graph(text, all_ops());
  if (!graph.ok()) FAIL(graph.error().to_string());
  return std::move(graph).value();
}

std::string error_of(const std::string& text) {
  const auto graph = parse_graph(text, all_ops());
  REQUIRE_FALSE(graph.ok());
  CHECK(graph.error().diagnostics().front().id == "TC4050");
  return graph.error().to_string();
}

TEST_CASE("print, parse, print: names, metadata, ranges, quantization, attributes") {
  Graph graph;
  graph.name = "two \"words\"\n\x01";
  graph.stage = Stage::imported;
  graph.metadata = {{"b", "2"}, {"a", ""}};
  Builder build(graph, all_ops());
  const ValueId x = graph.add_input("x:0", {DType::f32, Shape{1, 4, 4, 2}});
  graph.set_range(x, Value::Range{-0.1f, std::numeric_limits<float>::infinity()});
  const ValueId w = graph.add_constant("block/w.1", Tensor(DType::f32, Shape{3, 3, 3, 2}));
  const ValueId y = build.emit("conv2d", "own name", {x, w, ValueId{}},
                               {{"strides", std::vector<std::int64_t>{1, 1}},
                                {"dilations", std::vector<std::int64_t>{1, 1}}, {"pads", std::vector<std::int64_t>(4)},
                                {"groups", std::int64_t{1}}, {"clamp_low", 0.0}, {"note", std::string("a\"b")},
                                {"none", std::vector<double>{}}, {"some", std::vector<double>{1, 0.1}},
                                {"words", std::vector<std::string>{"a", "b"}}, {"table", Tensor::scalar<std::int8_t>(-3)}})
                        .value();
  graph.add_constant("i8", Tensor(DType::i8, Shape{2, 2}), Quantization{0, {0.1f, 2.5e-8f}, {0, 0}});
  graph.add_constant("u8", Tensor(DType::u8, Shape{}), Quantization::per_tensor(1.0f / 3, 255));
  graph.set_outputs({y, x});
  check_round_trip(graph);
}

TEST_CASE("print, parse, print keeps every bit of constants of every type") {
  Rng rng(1);
  Graph graph;
  for (const DType dtype : {DType::boolean, DType::i8, DType::u8, DType::i16, DType::u16, DType::i32, DType::u32, DType::i64,
                            DType::u64, DType::f16, DType::bf16, DType::f32, DType::f64})
    for (const std::int64_t elements : {0, 1, 5, 16, 17, 100}) {
      Tensor tensor(dtype, Shape{elements});
      for (std::byte& byte : tensor.mutable_bytes())  // any bits: NaN and subnormal numbers among them
        byte = static_cast<std::byte>(rng.integer(0, dtype == DType::boolean ? 1 : 255));
      graph.add_constant("c", std::move(tensor));
    }
  graph.add_constant("c", Tensor::of<float>(Shape{5}, std::vector<float>{-0.0f, 1e-45f, 0.1f, INFINITY, -INFINITY}));
  check_round_trip(graph);
  const Graph again = parsed(print(graph));
  for (const ValueId id : graph.values())
    CHECK(again.value(*again.find_value(graph.value(id).name())).constant() == graph.value(id).constant());
}

TEST_CASE("types and stage may be left out, comments are skipped") {
  const Graph graph = parsed(
      "graph \"g\"  # a comment\n"
      "input %x: f32[2,3] # another\n"
      "%y = relu(%x)\n%z = add(%y, %x) @\"sum\"\noutput %z #end");
  const Value& z = graph.value(graph.outputs().front());
  CHECK(z.type().to_string() == "f32[2,3]");
  CHECK(graph.node(z.producer()).name() == "sum");
  CHECK(graph.stage == Stage::imported);
}

TEST_CASE("large constants can be elided for reading, which does not parse back") {
  Graph graph;
  graph.add_constant("w", Tensor(DType::f32, Shape{100}));
  const std::string text = print(graph, {.elide_constants = true});
  CHECK(text.find("const %w: f32[100] = ...") != std::string::npos);
  error_of(text);
}

TEST_CASE("errors name their line") {
  CHECK(error_of("graph \"g\"\ninput %x: f32[2]\n%y = nonsense(%x)\n").find("line 3: the operator 'nonsense'") != std::string::npos);
  CHECK(error_of("graph \"g\"\n\n%y = relu(%x)").find("line 3: the value 'x' is not defined") != std::string::npos);
  CHECK(error_of("graph \"g\"\ninput %x: f32[2]\n%y: f32[3] = relu(%x)").find("TC1011") != std::string::npos);
}

TEST_CASE("hostile and broken texts are refused") {
  const std::string head = "graph \"g\"\n";
  for (const std::string text :
       {"", "graph", "graph \"g", "graph \"g\" stage=done", "input %x: f32[1]"})
    error_of(text);
  for (const std::string text : {
           "input %x: f32[4294967296]", "input %x: f32[65536,65536]", "input %x: f32[-1]", "input %x: f32[1,1,1,1,1,1,1,1,1]",
           "input %x: q7[1]", "input %x", "input %x: f32[1]\ninput %x: f32[1]", "const %w: i8[2] = [1]", "const %w: i8[1] = [128]",
           "const %w: f32[1] = base64 \"AAAA\"", "const %w: f32[1] = base64 \"A\"", "const %w: f32[1] = base64 \"AAAA",
           "const %w: bool[1] = base64 \"Ag==\"", "const %w: i8[2] quant(axis=0, scale=[1], zero_point=[0]) = [1, 2]",
           "const %w: i8[2] quant(-1:0) = [1, 2]", "const %w: i8[2] quant(nan:0) = [1, 2]", "const %w: f16[1] = [1]",
           "input %x: f32[1]\n%y = relu(%x) {a=1, a=2}", "input %x: f32[1]\n%y = relu(%x) {a=[1, 1.5]}",
           "input %x: f32[1]\n%y = relu(%x) {a=[", "input %x: f32[1]\n%y, %z = relu(%x)", "input %x: f32[1]\n%y = relu()",
           "input %x: f32[1]\n%y = relu(none)", "input %x: f32[1,4]\n%y = softmax(%x) {axis=\"one\"}", "output %y", "%", "\"",
           "input %x: f32[99999999999999999999]", "meta \"\\x4\"", "meta \"a\" \"\\q\""}) {
    INFO(text);
    error_of(head + text);
  }
}

}  // namespace
}  // namespace tinyc
