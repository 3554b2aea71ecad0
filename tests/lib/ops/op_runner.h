#pragma once
// Evaluates one operator, by itself or through its ONNX importer.

#include <catch2/catch.hpp>

#include <string>
#include <vector>

#include "lib/exec/interpreter.h"
#include "lib/ir/builder.h"
#include "lib/ops/ops.h"

namespace tinyc {

template <class T>
T value_of(Result<T> result) {
  if (!result.ok()) FAIL(result.error().to_string());
  return std::move(result).value();
}

inline Tensor floats(Shape shape, const std::vector<float>& values) { return Tensor::of(std::move(shape), values); }
inline Tensor integers(const std::vector<std::int64_t>& values) {
  return Tensor::of(Shape{static_cast<std::int64_t>(values.size())}, values);
}
// 0, 1, 2, ...
inline Tensor counting(Shape shape) {
  std::vector<float> values(static_cast<std::size_t>(shape.elements()));
  for (std::size_t i = 0; i < values.size(); ++i) values[i] = static_cast<float>(i);
  return floats(std::move(shape), values);
}

inline Result<std::vector<Tensor>> try_op(std::string_view op, const std::vector<Tensor>& operands,
                                          Attributes attributes = {}) {
  Graph graph;
  std::vector<ValueId> ids;
  for (const Tensor& tensor : operands) ids.push_back(graph.add_input("x", {tensor.dtype(), tensor.shape()}));
  graph.set_outputs(TINYC_TRY(Builder(graph, all_ops()).emit_all(op, "node", ids, std::move(attributes))));
  return run(graph, operands);
}

inline Tensor run_op(std::string_view op, const std::vector<Tensor>& operands, Attributes attributes = {}) {
  return value_of(try_op(op, operands, std::move(attributes))).front();
}

// An ONNX node without a file.
class TestImport : public ImportContext {
 public:
  TestImport(std::string_view op_type, int opset, Attributes attributes)
      : op_type_(op_type), opset_(opset), attributes_(std::move(attributes)) {}

  ValueId add_input(const Tensor& tensor) {
    inputs_.push_back(graph_.add_input("x", {tensor.dtype(), tensor.shape()}));
    return inputs_.back();
  }
  void add_constant(const Tensor& tensor) { inputs_.push_back(graph_.add_constant("c", tensor)); }
  void add_absent() { inputs_.push_back({}); }
  void set_output_count(int count) { output_count_ = count; }

  std::string_view name() const override { return "node"; }
  std::string_view op_type() const override { return op_type_; }
  int opset() const override { return opset_; }
  const Attributes& attributes() const override { return attributes_; }
  int input_count() const override { return static_cast<int>(inputs_.size()); }
  bool has_input(int i) const override { return i < input_count() && input(i).valid(); }
  ValueId input(int i) const override { return inputs_[static_cast<std::size_t>(i)]; }
  int output_count() const override { return output_count_; }
  Graph& graph() override { return graph_; }
  Result<std::vector<ValueId>> emit_all(std::string_view op, std::vector<ValueId> operands, Attributes attributes,
                                        std::string_view suffix) override {
    return Builder(graph_, all_ops()).emit_all(op, "node" + std::string(suffix), std::move(operands), std::move(attributes));
  }

 private:
  std::string op_type_;
  int opset_;
  Attributes attributes_;
  Graph graph_;
  std::vector<ValueId> inputs_;
  int output_count_ = 1;
};

// Imports an ONNX node of `x` and constants (absent ones: nothing), and
// evaluates what it becomes.
inline Result<std::vector<Tensor>> try_onnx(std::string_view op_type, int opset, const Tensor& x, Attributes attributes = {},
                                            const std::vector<std::optional<Tensor>>& constants = {}, int outputs = 1) {
  const OnnxImport* import = find_onnx_import("", op_type);
  REQUIRE(import != nullptr);
  TestImport context(op_type, opset, std::move(attributes));
  context.add_input(x);
  for (const auto& constant : constants) constant ? context.add_constant(*constant) : context.add_absent();
  context.set_output_count(outputs);
  context.graph().set_outputs(TINYC_TRY(import->import(context)));
  return run(context.graph(), {&x, 1});
}

inline Tensor run_onnx(std::string_view op_type, int opset, const Tensor& x, Attributes attributes = {},
                       const std::vector<std::optional<Tensor>>& constants = {}) {
  return value_of(try_onnx(op_type, opset, x, std::move(attributes), constants)).front();
}

template <class T>
std::string error_id(const Result<T>& result) {
  return result.ok() ? "" : result.error().diagnostics().front().id;
}

}  // namespace tinyc
