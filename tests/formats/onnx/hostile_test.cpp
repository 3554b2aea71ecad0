// Models that are broken, or made to break their reader: each gets its diagnostic.

#include <catch2/catch.hpp>
#include <filesystem>
#include <fstream>
#include <limits>

#include "lib/support/rng.h"
#include "tests/formats/onnx/model_maker.h"

namespace tinyc {
namespace {

namespace fs = std::filesystem;

// A model y = x + w whose initializer w is to be spoiled.
struct Weighted : ModelMaker {
  onnx::TensorProto* w;
  Weighted() {
    input("x", {1, 4});
    w = &initializer("w", {1, 4}, {1, 2, 3, 4});
    node("Add", {"x", "w"}, {"y"}, "sum");
    output("y");
  }
};

TEST_CASE("any prefix of a model and any changed byte is read or refused") {
  const std::string bytes = Weighted().bytes();
  for (std::size_t size = 0; size < bytes.size(); ++size) {
    const auto graph = read_onnx_bytes(std::string_view(bytes).substr(0, size), ".");
    if (size < 8) CHECK(ModelMaker::verdict_of(graph) == "TC4101");
  }
  Rng rng(3);
  for (int i = 0; i < 2000; ++i) {
    std::string changed = bytes;
    for (int k = 0; k < 3; ++k)
      changed[static_cast<std::size_t>(rng.integer(0, static_cast<std::int64_t>(changed.size()) - 1))] =
          static_cast<char>(rng.integer(0, 255));
    const auto graph = read_onnx_bytes(changed, ".");
    if (!graph.ok()) CHECK(graph.error().exit_code() != ExitCode::internal);
  }
}

TEST_CASE("garbage is no model") {
  Rng rng(5);
  std::string garbage;
  for (int i = 0; i < 1000; ++i) garbage += static_cast<char>(rng.integer(0, 255));
  CHECK(ModelMaker::verdict_of(read_onnx_bytes(garbage, ".")) == "TC4101");
  CHECK(ModelMaker::verdict_of(read_onnx_bytes("", ".")) == "TC4101");
  CHECK(ModelMaker::verdict_of(read_onnx("/nonexistent/model.onnx")) == "TC6001");
  CHECK(ModelMaker::verdict_of(read_onnx("/")) == "TC6001");
  CHECK(ModelMaker::verdict_of(read_onnx("/dev/zero")) == "TC6001");
}

TEST_CASE("values that are missing, defined twice or in a circle") {
  ModelMaker missing = relu_model();
  missing.graph().mutable_node(0)->set_input(0, "lost");
  missing.output("nowhere");
  CHECK(missing.verdict() == "TC4104 TC4104");

  ModelMaker twice = relu_model();
  twice.node("Relu", {"x"}, {"y"});
  CHECK(twice.verdict() == "TC4103");
  ModelMaker shadowed = relu_model();
  shadowed.node("Relu", {"y"}, {"x"});
  CHECK(shadowed.verdict() == "TC4103");
  Weighted double_weight;
  double_weight.initializer("w", {1}, {1});
  CHECK(double_weight.verdict() == "TC4103");

  ModelMaker circle = relu_model();
  circle.node("Add", {"x", "c"}, {"a"}, "one");
  circle.node("Relu", {"a"}, {"b"}, "two");
  circle.node("Relu", {"b"}, {"c"}, "three");
  const auto graph = circle.read();
  CHECK(ModelMaker::verdict_of(graph) == "TC4105");
  for (const char* name : {"one", "two", "three"}) CHECK(graph.error().to_string().find(name) != std::string::npos);
}

TEST_CASE("tensors whose data does not fit their shape") {
  const auto spoiled = [](auto spoil) {
    Weighted model;
    spoil(*model.w);
    return model.verdict();
  };
  CHECK(spoiled([](auto&) {}) == "ok");
  CHECK(spoiled([](auto& w) { w.mutable_float_data()->RemoveLast(); }) == "TC4102");
  CHECK(spoiled([](auto& w) { w.clear_float_data(); w.set_raw_data("short"); }) == "TC4102");
  CHECK(spoiled([](auto& w) { w.set_dims(1, -4); }) == "TC4102");
  CHECK(spoiled([](auto& w) { w.clear_data_type(); }) == "TC4102");
  CHECK(spoiled([](auto& w) { w.set_data_type(onnx::TensorProto::STRING); }) == "TC3105");
  CHECK(spoiled([](auto& w) { w.set_data_type(17); }) == "TC3105");
  CHECK(spoiled([](auto& w) { w.set_data_type(999); }) == "TC3105");
  CHECK(spoiled([](auto& w) { w.mutable_segment()->set_begin(0); }) == "TC3106");
  CHECK(spoiled([](auto& w) { w.clear_float_data(); w.set_dims(0, 1LL << 40); w.set_dims(1, 1LL << 40); }) == "TC8102");
  CHECK(spoiled([](auto& w) { w.clear_float_data(); w.set_dims(0, 1LL << 33); w.set_dims(1, 1LL << 31); }) == "TC8102");
  CHECK(spoiled([](auto& w) { w.clear_float_data(); w.set_dims(1, 1 << 30); }) == "TC4102");  // no such allocation
  CHECK(spoiled([](auto& w) { for (int i = 0; i < 20; ++i) w.add_dims(1); }) == "TC8102");
  CHECK(spoiled([](auto& w) {
          w.clear_float_data();
          w.set_data_type(onnx::TensorProto::INT8);
          for (const int value : {1, 2, 3, 1000}) w.add_int32_data(value);
        }) == "TC4102");
}

TEST_CASE("weights that are not numbers") {
  for (const int type : {onnx::TensorProto::FLOAT, onnx::TensorProto::FLOAT16}) {
    Weighted model;
    model.w->set_data_type(type);
    if (type == onnx::TensorProto::FLOAT) {
      model.w->set_float_data(2, std::numeric_limits<float>::quiet_NaN());
    } else {
      model.w->clear_float_data();
      for (const int half : {0x3c00, 0x7e00, 0, 0}) model.w->add_int32_data(half);
    }
    const auto graph = model.read();
    CHECK(ModelMaker::verdict_of(graph) == "TC4110");
    CHECK(graph.error().diagnostics()[0].where == "w");
  }
}

TEST_CASE("indices beyond their axis, ranks that do not fit") {
  const auto with = [](const std::string& op, const std::vector<std::int64_t>& indices, const std::vector<std::int64_t>& input) {
    ModelMaker maker;
    maker.input("x", input);
    auto& tensor = maker.initializer("i", {static_cast<std::int64_t>(indices.size())}, {});
    tensor.set_data_type(onnx::TensorProto::INT64);
    for (const std::int64_t index : indices) tensor.add_int64_data(index);
    maker.node(op, {"x", "i"}, {"y"}, "node");
    maker.output("y");
    const auto graph = maker.read();
    if (!graph.ok()) CHECK(graph.error().diagnostics()[0].where == "node");
    return graph.ok() ? std::string("ok") : std::to_string(static_cast<int>(graph.error().exit_code()));
  };
  CHECK(with("Gather", {0, -4, 3}, {4}) == "ok");
  CHECK(with("Gather", {4}, {4}) == "4");
  CHECK(with("Gather", {std::numeric_limits<std::int64_t>::min()}, {4}) == "4");
  CHECK(with("Unsqueeze", {9}, {4}) == "4");
  CHECK(with("Squeeze", {0}, {4}) == "4");
  CHECK(with("Reshape", {3}, {4}) == "4");
  CHECK(with("Reshape", {-1, -1}, {4}) == "4");
  CHECK(with("Reshape", {std::int64_t{1} << 62, 4}, {4}) == "4");
  CHECK(with("Expand", {std::int64_t{1} << 62, 4}, {4}) == "4");
  CHECK(with("Tile", {std::int64_t{1} << 62}, {4}) == "4");
  CHECK(with("ReduceSum", {1}, {4}) == "4");
  CHECK(with("Conv", {0}, {1, 1, 4}) == "4");
  CHECK(with("Trilu", {0}, {4}) == "4");
}

TEST_CASE("a long chain of nodes is read in a moment") {
  ModelMaker maker;
  maker.input("x", {1, 4});
  constexpr int nodes = 20'000;
  for (int i = 0; i < nodes; ++i) maker.node("Relu", {i ? "v" + std::to_string(i) : "x"}, {"v" + std::to_string(i + 1)});
  maker.output("v" + std::to_string(nodes));
  CHECK(maker.verdict() == "ok");
}

TEST_CASE("inputs and kinds of values that cannot be") {
  ModelMaker sparse = relu_model();
  sparse.graph().add_sparse_initializer()->mutable_values()->set_name("s");
  CHECK(sparse.verdict() == "TC3106");
  ModelMaker sequence = relu_model();
  sequence.graph().mutable_input(0)->mutable_type()->mutable_sequence_type();
  CHECK(sequence.verdict() == "TC3106");
  ModelMaker untyped = relu_model();
  untyped.graph().mutable_input(0)->clear_type();
  CHECK(untyped.verdict() == "TC4109");
  ModelMaker shapeless = relu_model();
  shapeless.graph().mutable_input(0)->mutable_type()->mutable_tensor_type()->clear_shape();
  CHECK(shapeless.verdict() == "TC3104");
  ModelMaker text = relu_model();
  text.graph().mutable_input(0)->mutable_type()->mutable_tensor_type()->set_elem_type(onnx::TensorProto::STRING);
  CHECK(text.verdict() == "TC3105");
  ModelMaker huge;
  huge.input("x", {1 << 20, 1 << 20});
  huge.node("Relu", {"x"}, {"y"});
  huge.output("y");
  CHECK(huge.verdict() == "TC8102");
  ModelMaker silent = relu_model();
  silent.graph().clear_output();
  CHECK(silent.verdict() == "TC4101");
  ModelMaker no_opset = relu_model();
  no_opset.model.clear_opset_import();
  CHECK(no_opset.verdict() == "TC4101");
}

TEST_CASE("attributes of the wrong kind") {
  const auto with = [](auto set) {
    ModelMaker maker;
    maker.input("x", {1, 4});
    auto& attribute = *maker.node("LeakyRelu", {"x"}, {"y"}).add_attribute();
    attribute.set_name("alpha");
    set(attribute);
    maker.output("y");
    return maker.verdict();
  };
  using onnx::AttributeProto;
  CHECK(with([](auto& a) { a.set_type(AttributeProto::FLOAT); a.set_f(0.1f); }) == "ok");
  CHECK(with([](auto& a) { a.set_f(0.1f); }) == "ok");
  CHECK(with([](auto&) {}) == "TC4106");
  CHECK(with([](auto& a) { a.set_type(AttributeProto::FLOAT); a.set_i(1); }) == "TC4106");
  CHECK(with([](auto& a) { a.set_type(AttributeProto::INT); a.set_i(1); }) == "TC4001");
  CHECK(with([](auto& a) { a.set_type(AttributeProto::GRAPH); }) == "TC3107");
  CHECK(with([](auto& a) { a.set_type(AttributeProto::SPARSE_TENSOR); }) == "TC3106");
}

TEST_CASE("limits on nodes, memory and depth") {
  ModelMaker many;
  many.input("x", {1});
  for (int i = 0; i < 20; ++i) many.node("Relu", {i ? std::to_string(i) : "x"}, {std::to_string(i + 1)});
  many.output("20");
  CHECK(many.verdict() == "ok");
  CHECK(many.verdict({.max_nodes = 19}) == "TC8103");
  CHECK(many.verdict({.max_memory_bytes = 1000}) == "TC8101");

  ModelMaker deep = relu_model();
  onnx::GraphProto* graph = &deep.graph();
  for (int i = 0; i < 40; ++i) graph = graph->add_node()->add_attribute()->mutable_g();
  CHECK(deep.verdict() == "TC8101");

  // Functions that call the next one twice: 2^20 nodes from a small file.
  ModelMaker bomb = relu_model();
  for (int i = 0; i < 20; ++i) {
    auto& function = *bomb.model.add_functions();
    function.set_name("f" + std::to_string(i));
    function.set_domain("mine");
    function.add_opset_import()->set_version(13);
    for (int k = 0; k < 2; ++k) {
      auto& call = *function.add_node();
      call.set_domain("mine");
      call.set_op_type("f" + std::to_string(i + 1));
      call.set_name(std::to_string(k));
    }
  }
  bomb.node("f0", {}, {}, "boom").set_domain("mine");
  CHECK(bomb.verdict({.max_nodes = 1000}) == "TC8103");
}

class ExternalFiles {
 public:
  ExternalFiles() {
    fs::remove_all(root_);
    fs::create_directories(folder() / "sub");
    write(folder() / "w.bin", 64);
    write(folder() / "sub" / "w.bin", 16);
    write(root_ / "secret.bin", 16);
    fs::create_symlink(root_ / "secret.bin", folder() / "link.bin");
    fs::create_directory_symlink(root_, folder() / "up");
  }
  ~ExternalFiles() { fs::remove_all(root_); }
  fs::path folder() const { return root_ / "model"; }

 private:
  static void write(const fs::path& path, std::size_t size) { std::ofstream(path, std::ios::binary) << std::string(size, '\0'); }
  fs::path root_ = fs::temp_directory_path() / ("tinyc_external_" + std::to_string(::getpid()));
};

TEST_CASE("external data is read from regular files beneath the model's folder only") {
  const ExternalFiles files;
  const auto with = [&](const std::vector<std::pair<std::string, std::string>>& entries) {
    Weighted model;
    model.w->clear_float_data();
    model.w->set_data_location(onnx::TensorProto::EXTERNAL);
    for (const auto& [key, value] : entries) {
      auto* entry = model.w->add_external_data();
      entry->set_key(key);
      entry->set_value(value);
    }
    return model.verdict({}, files.folder());
  };
  CHECK(with({{"location", "sub/w.bin"}}) == "ok");
  CHECK(with({{"location", "./w.bin"}, {"offset", "48"}, {"length", "16"}}) == "ok");
  CHECK(with({{"location", "w.bin"}}) == "TC4102");
  CHECK(with({{"location", "w.bin"}, {"offset", "49"}, {"length", "16"}}) == "TC4107");
  CHECK(with({{"location", "w.bin"}, {"offset", "9223372036854775807"}, {"length", "16"}}) == "TC4107");
  CHECK(with({{"location", "w.bin"}, {"offset", "-1"}}) == "TC4107");
  CHECK(with({{"location", "w.bin"}, {"length", "1e9"}}) == "TC4107");
  CHECK(with({{"location", "../secret.bin"}}) == "TC4107");
  CHECK(with({{"location", "sub/../w.bin"}}) == "TC4107");
  CHECK(with({{"location", "/etc/hostname"}}) == "TC4107");
  CHECK(with({{"location", "link.bin"}}) == "TC4107");
  CHECK(with({{"location", "up/secret.bin"}}) == "TC4107");
  CHECK(with({{"location", "sub"}}) == "TC4107");
  CHECK(with({{"location", std::string("w.bin\0x", 7)}}) == "TC4107");
  CHECK(with({{"location", "missing.bin"}}) == "TC6003");
  CHECK(with({}) == "TC4107");
}

TEST_CASE("a data file must be a tensor") {
  onnx::TensorProto tensor;
  tensor.set_data_type(onnx::TensorProto::INT16);
  tensor.add_dims(2);
  tensor.add_int32_data(-5);
  tensor.add_int32_data(7);
  const auto read = read_tensor_pb(tensor.SerializeAsString(), "x.pb");
  REQUIRE(read.ok());
  CHECK(*read == Tensor::of<std::int16_t>(Shape{2}, std::vector<std::int16_t>{-5, 7}));
  tensor.add_dims(2);
  for (const std::string& bytes : {tensor.SerializeAsString(), std::string("garbage")})
    CHECK(read_tensor_pb(bytes, "x.pb").error().diagnostics().front().id == "TC6004");
}

}  // namespace
}  // namespace tinyc
