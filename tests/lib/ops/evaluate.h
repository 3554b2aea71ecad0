#pragma once
// Evaluates one operator on given operands, through a graph of one node.

#include <catch2/catch.hpp>

#include <string_view>
#include <vector>

#include "lib/exec/interpreter.h"
#include "lib/ir/builder.h"
#include "lib/ops/ops.h"

namespace tinyc {

// The error text of inference or evaluation, or the results.
inline Result<std::vector<Tensor>> try_evaluate(std::string_view op, const std::vector<Tensor>& operands,
                                                Attributes attributes = {}) {
  Graph graph;
  std::vector<ValueId> ids;
  for (const Tensor& operand : operands) ids.push_back(graph.add_input("x", Type{operand.dtype(), operand.shape()}));
  Builder builder(graph, all_ops());
  graph.set_outputs(TINYC_TRY(builder.emit_all(op, op, ids, std::move(attributes))));
  return run(graph, operands);
}

inline Tensor evaluate(std::string_view op, const std::vector<Tensor>& operands, Attributes attributes = {}) {
  auto results = try_evaluate(op, operands, std::move(attributes));
  if (!results.ok()) FAIL(results.error().to_string());
  return results->front();
}

inline Tensor reals(Shape shape, const std::vector<float>& values) { return Tensor::of(std::move(shape), values); }

inline void check_close(const Tensor& actual, const std::vector<double>& expected, double tolerance = 1e-6) {
  const std::vector<double> values = actual.to_doubles();
  REQUIRE(values.size() == expected.size());
  for (std::size_t i = 0; i < values.size(); ++i) {
    CAPTURE(i);
    CHECK(values[i] == Approx(expected[i]).margin(tolerance).epsilon(tolerance));
  }
}

// One quantized node: int8 operands with their parameters, the parameters of the result.
struct Stored {
  Tensor tensor;
  Quantization parameters;
};
inline Tensor evaluate_int8(std::string_view op, const std::vector<Stored>& operands, const Quantization& result,
                            Attributes attributes = {}) {
  Graph graph;
  std::vector<ValueId> ids;
  std::vector<Tensor> inputs;
  for (const Stored& operand : operands) {
    ids.push_back(graph.add_input("x", Type{operand.tensor.dtype(), operand.tensor.shape(), operand.parameters}));
    inputs.push_back(operand.tensor);
  }
  Builder builder(graph, all_ops());
  const auto made = builder.emit(op, op, ids, std::move(attributes));
  if (!made.ok()) FAIL(made.error().to_string());
  graph.set_type(*made, Type{DType::i8, graph.value(*made).type().shape, result});
  graph.set_outputs({*made});
  auto results = run(graph, inputs);
  if (!results.ok()) FAIL(results.error().to_string());
  return results->front();
}

}  // namespace tinyc
