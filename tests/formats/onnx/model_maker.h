#pragma once
// Makes small ONNX models, good and bad ones, and reads them.

#include <string>
#include <vector>

#include "formats/onnx/proto.h"
#include "formats/onnx/reader.h"

namespace tinyc {

struct ModelMaker {
  onnx::ModelProto model;

  explicit ModelMaker(std::int64_t opset = 13) {
    model.set_ir_version(7);
    auto* import = model.add_opset_import();
    import->set_domain("");
    import->set_version(opset);
    graph().set_name("made");
  }
  onnx::GraphProto& graph() { return *model.mutable_graph(); }

  onnx::ValueInfoProto& input(const std::string& name, const std::vector<std::int64_t>& sizes,
                              int type = onnx::TensorProto::FLOAT) {
    auto& info = *graph().add_input();
    info.set_name(name);
    info.mutable_type()->mutable_tensor_type()->set_elem_type(type);
    auto* shape = info.mutable_type()->mutable_tensor_type()->mutable_shape();
    for (const std::int64_t size : sizes) shape->add_dim()->set_dim_value(size);
    return info;
  }
  // An input with symbolic dimensions: "3" is a size, "" has neither size nor name.
  void symbolic_input(const std::string& name, const std::vector<std::string>& dims) {
    auto* shape = input(name, {}).mutable_type()->mutable_tensor_type()->mutable_shape();
    for (const std::string& dim : dims) {
      auto* entry = shape->add_dim();
      if (!dim.empty() && dim.find_first_not_of("-0123456789") == dim.npos) entry->set_dim_value(std::stoll(dim));
      else if (!dim.empty()) entry->set_dim_param(dim);
    }
  }
  onnx::TensorProto& initializer(const std::string& name, const std::vector<std::int64_t>& sizes,
                                 const std::vector<float>& values) {
    auto& tensor = *graph().add_initializer();
    tensor.set_name(name);
    tensor.set_data_type(onnx::TensorProto::FLOAT);
    for (const std::int64_t size : sizes) tensor.add_dims(size);
    for (const float value : values) tensor.add_float_data(value);
    return tensor;
  }
  onnx::NodeProto& node(const std::string& type, const std::vector<std::string>& inputs,
                        const std::vector<std::string>& outputs, const std::string& name = "") {
    auto& made = *graph().add_node();
    made.set_op_type(type);
    made.set_name(name);
    for (const std::string& value : inputs) made.add_input(value);
    for (const std::string& value : outputs) made.add_output(value);
    return made;
  }
  void output(const std::string& name) { graph().add_output()->set_name(name); }

  std::string bytes() const { return model.SerializeAsString(); }
  Result<Graph> read(const OnnxReadOptions& options = {}, const std::filesystem::path& folder = ".") const {
    return read_onnx_bytes(bytes(), folder, options);
  }
  // The ids of all diagnostics, separated by spaces; "ok".
  std::string verdict(const OnnxReadOptions& options = {}, const std::filesystem::path& folder = ".") const {
    return verdict_of(read(options, folder));
  }
  static std::string verdict_of(const Result<Graph>& graph) {
    if (graph.ok()) return "ok";
    std::string ids;
    for (const Diagnostic& diagnostic : graph.error().diagnostics()) ids += (ids.empty() ? "" : " ") + diagnostic.id;
    return ids;
  }
};

// x[1,4] -> relu -> y
inline ModelMaker relu_model() {
  ModelMaker maker;
  maker.input("x", {1, 4});
  maker.node("Relu", {"x"}, {"y"}, "act");
  maker.output("y");
  return maker;
}

}  // namespace tinyc
