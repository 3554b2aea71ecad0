// Operators whose meaning or form changed with opsets 18 to 23, which the ONNX backend suite of older releases lacks. What
// they must compute is in testdata/opset_outputs.txt, written by ONNX Runtime (scripts/check_opset_cases).

#include <catch2/catch.hpp>
#include <cstdlib>
#include <fstream>
#include <sstream>

#include "formats/npy/npy.h"
#include "lib/exec/interpreter.h"
#include "lib/support/files.h"
#include "tests/formats/onnx/model_maker.h"

namespace tinyc {
namespace {

using onnx::AttributeProto;
using onnx::TensorProto;
using Integers = std::vector<std::int64_t>;
using Reals = std::vector<float>;

struct Attr {
  std::string name;
  std::variant<std::int64_t, float, std::string, Integers, Reals> value;
};

void set(onnx::NodeProto& node, const Attr& attr) {
  auto& attribute = *node.add_attribute();
  attribute.set_name(attr.name);
  std::visit([&]<class T>(const T& value) {
    if constexpr (std::is_same_v<T, std::int64_t>) attribute.set_type(AttributeProto::INT), attribute.set_i(value);
    if constexpr (std::is_same_v<T, float>) attribute.set_type(AttributeProto::FLOAT), attribute.set_f(value);
    if constexpr (std::is_same_v<T, std::string>) attribute.set_type(AttributeProto::STRING), attribute.set_s(value);
    if constexpr (std::is_same_v<T, Integers>) {
      attribute.set_type(AttributeProto::INTS);
      for (const auto item : value) attribute.add_ints(item);
    }
    if constexpr (std::is_same_v<T, Reals>) {
      attribute.set_type(AttributeProto::FLOATS);
      for (const auto item : value) attribute.add_floats(item);
    }
  }, attr.value);
}

struct Case {
  std::string name;
  ModelMaker maker;
  std::vector<Tensor> inputs = {};

  Case(std::string called, std::int64_t opset) : name(std::move(called) + "_" + std::to_string(opset)), maker(opset) {
    maker.model.set_ir_version(opset < 21 ? 8 : 10);
  }
  Case& input(const std::string& value, const Integers& sizes, int type = TensorProto::FLOAT) {
    maker.input(value, sizes, type);
    const Shape shape(sizes);
    Reals numbers(static_cast<std::size_t>(shape.elements()));
    for (std::size_t i = 0; i < numbers.size(); ++i)
      numbers[i] = static_cast<float>(static_cast<int>((i * 7 + 3) % 11) - 5) / 2;
    const DType dtype = type == TensorProto::BOOL ? DType::boolean : type == TensorProto::INT32 ? DType::i32 : DType::f32;
    Tensor tensor = Tensor::of(shape, numbers);
    if (dtype == DType::boolean) {
      tensor = Tensor(DType::boolean, shape);
      for (std::size_t i = 0; i < numbers.size(); ++i) tensor.mutable_data<bool>()[i] = numbers[i] > 0;
    }
    inputs.push_back(dtype == DType::i32 ? tensor.cast(dtype) : tensor);
    return *this;
  }
  Case& reals(const std::string& value, const Integers& sizes, const Reals& numbers) {
    maker.initializer(value, sizes, numbers);
    return *this;
  }
  Case& integers(const std::string& value, const Integers& numbers) {
    auto& tensor = maker.initializer(value, {static_cast<std::int64_t>(numbers.size())}, {});
    tensor.set_data_type(TensorProto::INT64);
    for (const auto number : numbers) tensor.add_int64_data(number);
    return *this;
  }
  Case& node(const std::string& type, const std::vector<std::string>& operands, const std::vector<std::string>& results,
             const std::vector<Attr>& attributes = {}) {
    auto& made = maker.node(type, operands, results);
    for (const Attr& attribute : attributes) set(made, attribute);
    return *this;
  }
  Case& output(const std::string& value) {
    maker.output(value);
    return *this;
  }
};

constexpr std::int64_t one = 1, zero = 0;

void add_reductions(std::vector<Case>& cases) {
  for (const std::string op : {"ReduceMax", "ReduceMin", "ReduceMean", "ReduceL1", "ReduceL2", "ReduceProd", "ReduceSumSquare",
                               "ReduceLogSumExp"}) {
    cases.push_back(Case(op + "_axes_operand", 18).input("x", {2, 3, 2}).integers("axes", {-1, 0})
                        .node(op, {"x", "axes"}, {"y"}, {{"keepdims", zero}}).output("y"));
    cases.push_back(Case(op + "_noop", 18).input("x", {2, 3}).node(op, {"x"}, {"y"}, {{"noop_with_empty_axes", one}}).output("y"));
  }
  for (const std::string op : {"ReduceMax", "ReduceMin"})
    cases.push_back(Case(op + "_bool", 20).input("x", {2, 3}, TensorProto::BOOL).integers("axes", {1})
                        .node(op, {"x", "axes"}, {"y"}).output("y"));
}

void add_movement(std::vector<Case>& cases) {
  cases.push_back(Case("split_num_outputs", 18).input("x", {5, 2})
                      .node("Split", {"x"}, {"a", "b", "c"}, {{"num_outputs", std::int64_t{3}}}).output("a").output("b").output("c"));
  cases.push_back(Case("pad_axes", 18).input("x", {2, 3}).integers("pads", {1, 2}).reals("value", {}, {9}).integers("axes", {-1})
                      .node("Pad", {"x", "pads", "value", "axes"}, {"y"}).output("y"));
  cases.push_back(Case("pad_wrap", 19).input("x", {2, 3}).integers("pads", {1, 2, 0, 2})
                      .node("Pad", {"x", "pads"}, {"y"}, {{"mode", std::string("wrap")}}).output("y"));
  cases.push_back(Case("pad_reflect_axes", 19).input("x", {2, 4}).integers("pads", {3, 2}).integers("axes", {1})
                      .node("Pad", {"x", "pads", "", "axes"}, {"y"}, {{"mode", std::string("reflect")}}).output("y"));
  cases.push_back(Case("reshape_zero_copies", 19).input("x", {2, 3}).integers("to", {0, -1, 1})
                      .node("Reshape", {"x", "to"}, {"y"}).output("y"));
  cases.push_back(Case("reshape", 21).input("x", {2, 3}).integers("to", {3, 2})
                      .node("Reshape", {"x", "to"}, {"y"}, {{"allowzero", one}}).output("y"));
  cases.push_back(Case("views", 21).input("x", {2, 1, 3}).integers("one", {1}).integers("zero", {0})
                      .node("Squeeze", {"x", "one"}, {"a"}).node("Unsqueeze", {"a", "zero"}, {"b"})
                      .node("Transpose", {"b"}, {"c"}, {{"perm", Integers{2, 0, 1}}}).node("Flatten", {"c"}, {"y"}).output("y"));
  cases.push_back(Case("scatter_elements_max", 18).input("x", {2, 3}).reals("updates", {2, 3}, {1, -4, 2, 0.5f, 3, -1})
                      .node("ArgMax", {"x"}, {"at"}, {{"axis", one}}).node("Cast", {"at"}, {"real"}, {{"to", one}})
                      .node("Mul", {"x", "x"}, {"index0"}).node("Clip", {"index0", "low", "high"}, {"index1"})
                      .node("Cast", {"index1"}, {"index"}, {{"to", std::int64_t{7}}}).reals("low", {}, {0}).reals("high", {}, {1})
                      .node("ScatterElements", {"x", "index", "updates"}, {"y"}, {{"reduction", std::string("max")}})
                      .output("y").output("real"));
  cases.push_back(Case("shape_of_part", 19).input("x", {2, 3, 4}).node("Shape", {"x"}, {"s"}, {{"start", one}, {"end", std::int64_t{-1}}})
                      .node("Size", {"x"}, {"n"}).output("s").output("n"));
  cases.push_back(Case("constant_of_shape", 21).input("x", {2, 3}).node("Shape", {"x"}, {"s"})
                      .node("ConstantOfShape", {"s"}, {"z"}).node("Add", {"x", "z"}, {"y"}).output("y"));
}

void add_resizing(std::vector<Case>& cases) {
  const auto resize = [&](const std::string& name, std::int64_t opset, const Integers& sizes, std::vector<Attr> attributes,
                          const Integers& axes = {2, 3}) {
    attributes.push_back({"axes", axes});
    cases.push_back(Case("resize_" + name, opset).input("x", {1, 2, 6, 6}).integers("sizes", sizes)
                        .node("Resize", {"x", "", "", "sizes"}, {"y"}, attributes).output("y"));
  };
  const Attr linear{"mode", std::string("linear")}, cubic{"mode", std::string("cubic")}, smooth{"antialias", one};
  resize("linear_axes", 18, {4, 9}, {linear});
  resize("linear_antialias", 18, {3, 4}, {linear, smooth});
  resize("cubic_antialias", 18, {4, 3}, {cubic, smooth});
  resize("not_larger", 18, {3, 12}, {{"keep_aspect_ratio_policy", std::string("not_larger")}});
  resize("not_smaller", 18, {3, 12}, {{"keep_aspect_ratio_policy", std::string("not_smaller")}});
  resize("axes_swapped", 18, {9, 4}, {linear}, {3, 2});
  resize("half_pixel_symmetric", 19, {4, 9}, {linear, {"coordinate_transformation_mode", std::string("half_pixel_symmetric")}});
}

void add_windows(std::vector<Case>& cases) {
  const Attr two{"kernel_shape", Integers{2, 2}}, dilated{"dilations", Integers{2, 2}}, ceil{"ceil_mode", one};
  const Attr strided{"strides", Integers{2, 2}};
  cases.push_back(Case("average_pool_dilated", 19).input("x", {1, 2, 5, 5})
                      .node("AveragePool", {"x"}, {"y"}, {two, dilated}).output("y"));
  cases.push_back(Case("average_pool_ceil", 22).input("x", {1, 2, 5, 5})
                      .node("AveragePool", {"x"}, {"y"}, {two, strided, ceil, {"count_include_pad", one}}).output("y"));
  cases.push_back(Case("lp_pool_dilated", 18).input("x", {1, 2, 5, 5})
                      .node("LpPool", {"x"}, {"y"}, {two, dilated, {"p", std::int64_t{3}}}).output("y"));
  cases.push_back(Case("max_pool", 22).input("x", {1, 2, 5, 5}).node("MaxPool", {"x"}, {"y"}, {two, strided, ceil}).output("y"));
  cases.push_back(Case("conv", 22).input("x", {1, 2, 5, 5}).reals("w", {1, 2, 2, 2}, {1, -1, 0.5f, 2, 0, 1, -2, 0.25f})
                      .node("Conv", {"x", "w"}, {"c"}, {{"pads", Integers{1, 0, 0, 1}}}).node("GlobalAveragePool", {"c"}, {"y"})
                      .output("c").output("y"));
  cases.push_back(Case("conv_transpose", 22).input("x", {1, 2, 3, 3}).reals("w", {2, 1, 2, 2}, {1, -1, 0.5f, 2, 0, 1, -2, 0.25f})
                      .node("ConvTranspose", {"x", "w"}, {"y"}, {strided}).output("y"));
  cases.push_back(Case("instance_normalization", 22).input("x", {1, 2, 3, 3}).reals("s", {2}, {1, 2}).reals("b", {2}, {0, 1})
                      .node("InstanceNormalization", {"x", "s", "b"}, {"y"}).output("y"));
  cases.push_back(Case("group_normalization", 21).input("x", {1, 4, 2, 2}).reals("s", {4}, {1, 2, 3, 4}).reals("b", {4}, {0, 1, 2, 3})
                      .node("GroupNormalization", {"x", "s", "b"}, {"y"}, {{"num_groups", std::int64_t{2}}}).output("y"));
  cases.push_back(Case("gru", 22).input("x", {2, 1, 2}).reals("w", {1, 6, 2}, Reals(12, 0.25f)).reals("r", {1, 6, 2}, Reals(12, -0.5f))
                      .node("GRU", {"x", "w", "r"}, {"y", "h"}, {{"hidden_size", std::int64_t{2}}, {"linear_before_reset", one}})
                      .output("y").output("h"));
}

void add_functions(std::vector<Case>& cases) {
  cases.push_back(Case("gelu", 20).input("x", {2, 3}).node("Gelu", {"x"}, {"y"}).output("y"));
  cases.push_back(Case("gelu_tanh", 20).input("x", {2, 3}).node("Gelu", {"x"}, {"y"}, {{"approximate", std::string("tanh")}}).output("y"));
  cases.push_back(Case("mish", 18).input("x", {2, 3}).node("Mish", {"x"}, {"y"}).output("y"));
  cases.push_back(Case("bitwise", 18).input("x", {2, 3}, TensorProto::INT32).node("BitwiseNot", {"x"}, {"n"})
                      .node("BitwiseXor", {"x", "n"}, {"o"}).node("BitwiseAnd", {"x", "o"}, {"y"}).output("y").output("n"));
  cases.push_back(Case("cast", 19).input("x", {2, 3}).node("Cast", {"x"}, {"i"}, {{"to", std::int64_t{6}}, {"saturate", one}})
                      .node("CastLike", {"i", "x"}, {"y"}).output("y").output("i"));
  cases.push_back(Case("equal", 19).input("x", {2, 3}).node("Round", {"x"}, {"r"}).node("Equal", {"x", "r"}, {"y"}).output("y"));
  cases.push_back(Case("is_inf", 20).input("x", {2, 3}).reals("z", {}, {0}).node("Div", {"x", "z"}, {"q"})
                      .node("IsInf", {"q"}, {"y"}, {{"detect_negative", zero}}).node("IsNaN", {"q"}, {"n"}).output("y").output("n"));
  Case functions("functions", 22);
  functions.input("x", {2, 3});
  for (const std::string op : {"Elu", "Selu", "HardSigmoid", "HardSwish", "Softplus", "Softsign", "ThresholdedRelu", "Round", "Sin", "Atan"})
    functions.node(op, {"x"}, {op}).output(op);
  cases.push_back(std::move(functions));
  cases.push_back(Case("identity", 23).input("x", {2, 3}).node("Identity", {"x"}, {"i"}).node("Dropout", {"i"}, {"d"})
                      .node("Relu", {"d"}, {"y"}).output("y"));
}

std::vector<Case> all_cases() {
  std::vector<Case> cases;
  add_reductions(cases);
  add_movement(cases);
  add_resizing(cases);
  add_windows(cases);
  add_functions(cases);
  return cases;
}

// "CASE OUTPUT: shape; values", one line each.
std::map<std::string, std::string> expected_outputs() {
  std::map<std::string, std::string> lines;
  std::istringstream text(*read_file(TINYC_SOURCE_DIR "/testdata/opset_outputs.txt"));
  for (std::string line; std::getline(text, line);)
    if (const auto colon = line.find(": "); !line.starts_with("#") && colon != line.npos) lines[line.substr(0, colon)] = line.substr(colon + 2);
  return lines;
}

void check_output(const Tensor& tensor, const std::string& expected) {
  const auto split = expected.find(';');
  REQUIRE(split != expected.npos);
  CHECK(tensor.shape().to_string() == expected.substr(0, split));
  std::istringstream values(expected.substr(split + 1));
  for (const double actual : tensor.to_doubles()) {
    double wanted = 0;
    REQUIRE(values >> wanted);
    CHECK(actual == Approx(wanted).epsilon(1e-5).margin(1e-5));
  }
}

TEST_CASE("operators of opsets 18 to 23 compute what ONNX Runtime does") {
  const char* folder = std::getenv("TINYC_DUMP_CASES");  // for scripts/check_opset_cases
  const auto expected = expected_outputs();
  std::size_t outputs = 0;
  for (const Case& one_case : all_cases()) {
    INFO(one_case.name);
    if (folder) {
      const std::string prefix = std::string(folder) + "/" + one_case.name;
      REQUIRE(write_file(prefix + ".onnx", one_case.maker.bytes()).ok());
      for (std::size_t i = 0; i < one_case.inputs.size(); ++i)
        REQUIRE(write_file(prefix + "." + std::to_string(i) + ".npy", print_npy(one_case.inputs[i])).ok());
      continue;
    }
    auto graph = one_case.maker.read();
    INFO((graph.ok() ? "" : graph.error().to_string()));
    CHECK(graph.ok());
    if (!graph.ok()) continue;
    const auto results = run(*graph, one_case.inputs);
    REQUIRE(results.ok());
    for (std::size_t k = 0; k < results->size(); ++k, ++outputs) {
      const auto at = expected.find(one_case.name + " " + std::to_string(k));
      INFO("output " << k);
      CHECK(at != expected.end());
      if (at != expected.end()) check_output(results->at(k), at->second);
    }
  }
  if (!folder) CHECK(outputs == expected.size());
}

TEST_CASE("what opsets 18 to 23 add and tinyc lacks is refused by name") {
  const auto verdict = [](const std::string& op, std::int64_t opset, const std::vector<std::string>& operands) {
    Case refused("refused", opset);
    refused.input("x", {1, 4, 4, 4}).node(op, operands, {"y"}).output("y");
    return refused.maker.verdict();
  };
  CHECK(verdict("DeformConv", 19, {"x", "x", "x"}) == "TC3101");
  CHECK(verdict("StringConcat", 20, {"x", "x"}) == "TC3101");
  CHECK(verdict("ImageDecoder", 20, {"x"}) == "TC3101");
  CHECK(verdict("Attention", 23, {"x", "x", "x"}) == "TC3101");
  CHECK(verdict("RotaryEmbedding", 23, {"x", "x", "x"}) == "TC3101");
  for (const std::int64_t type : {17, 18, 19, 20, 21, 22, 23}) {  // float8, uint4, int4, float4
    Case cast("cast", 23);
    cast.input("x", {2}).node("Cast", {"x"}, {"y"}, {{"to", type}}).output("y");
    CHECK(cast.maker.verdict() == "TC3001");
  }
}

}  // namespace
}  // namespace tinyc
