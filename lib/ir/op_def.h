#pragma once
// Everything tinyc knows of one operator, in one place: lib/ops/<op>.cpp defines an OpDef, one line in
// lib/ops/op_list.def registers it. An operator that has no answer to a question says why, in a sentence
// that reaches the user.

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "lib/ir/graph.h"
#include "lib/ir/kernel_call.h"
#include "lib/support/result.h"

namespace tinyc {

// A node seen by its operator: types and constants of its operands, its attributes. During shape inference
// there are no results yet.
struct NodeView {
  const OpDef& op;
  std::string_view name;
  const Attributes& attributes;
  std::vector<const Value*> operands;  // nullptr: an absent optional operand
  std::vector<const Value*> results;
  std::vector<ValueId> operand_ids;
  std::vector<ValueId> result_ids;

  int operand_count() const { return static_cast<int>(operands.size()); }
  bool has(int i) const { return i < operand_count() && operands[static_cast<std::size_t>(i)] != nullptr; }
  const Type& operand(int i) const { return operands[static_cast<std::size_t>(i)]->type(); }
  const Tensor* constant(int i) const {  // nullptr when absent or computed at run time
    return has(i) && operands[static_cast<std::size_t>(i)]->is_constant()
               ? &operands[static_cast<std::size_t>(i)]->constant() : nullptr;
  }
  const Type& result(int i = 0) const { return results[static_cast<std::size_t>(i)]->type(); }
  Error error(std::string id, std::string message, std::string remedy = {}) const {
    return Error(std::move(id), std::string(name), std::move(message), std::move(remedy));
  }
};

NodeView view(const Graph& graph, NodeId node);

// An answer, or the reason why there is none.
template <class Fn>
class Answer {
 public:
  Answer(Fn fn) : state_(fn) {}
  Answer(const char* reason) : state_(std::string_view(reason)) {}
  explicit operator bool() const { return state_.index() == 0; }
  Fn operator*() const { return std::get<0>(state_); }
  std::string_view reason() const { return state_.index() == 1 ? std::get<1>(state_) : std::string_view(); }

 private:
  std::variant<Fn, std::string_view> state_;
};

// --- import from ONNX -------------------------------------------------------------------------------

// One ONNX node while it is imported; formats/onnx implements it. Importers see no protobuf.
class ImportContext {
 public:
  virtual ~ImportContext() = default;
  virtual std::string_view name() const = 0;     // for messages: the node's name, else its first output's
  virtual std::string_view op_type() const = 0;
  virtual int opset() const = 0;                 // of the node's domain
  virtual const Attributes& attributes() const = 0;  // ONNX names; int -> int64, float -> double
  virtual int input_count() const = 0;           // trailing absent inputs not counted
  virtual bool has_input(int i) const = 0;
  virtual ValueId input(int i) const = 0;
  virtual int output_count() const = 0;
  virtual Graph& graph() = 0;

  const Value& value(ValueId id) { return graph().value(id); }
  const Type& input_type(int i) { return value(input(i)).type(); }
  const Tensor* input_constant(int i) {
    return has_input(i) && value(input(i)).is_constant() ? &value(input(i)).constant() : nullptr;
  }

  // Appends a node of the named operator, with inferred types. `suffix` tells nodes of one ONNX node apart.
  virtual Result<std::vector<ValueId>> emit_all(std::string_view op, std::vector<ValueId> operands,
                                                Attributes attributes = {}, std::string_view suffix = {}) = 0;
  Result<ValueId> emit(std::string_view op, std::vector<ValueId> operands, Attributes attributes = {},
                       std::string_view suffix = {}) {
    return TINYC_TRY(emit_all(op, std::move(operands), std::move(attributes), suffix)).front();
  }
  // Imports the nodes of a graph attribute (a branch, a loop body) in place of this node, its inputs bound to
  // `inputs`: the values of its outputs. `suffix` tells several copies of one body apart.
  virtual Result<std::vector<ValueId>> import_body(std::string_view attribute, std::vector<ValueId> inputs,
                                                   std::string_view suffix);
  ValueId constant(std::string_view suffix, Tensor tensor) {
    return graph().add_constant(std::string(name()) + "_" + std::string(suffix), std::move(tensor));
  }
  // TC3001: valid ONNX that tinyc does not handle; TC4001: not valid ONNX.
  Error unsupported(std::string message, std::string remedy = {}) const {
    return Error("TC3001", std::string(name()), std::string(op_type()) + ": " + message, std::move(remedy));
  }
  Error invalid(std::string message) const {
    return Error("TC4001", std::string(name()), std::string(op_type()) + ": " + message);
  }
};

// Returns the values of the ONNX node's outputs, in order.
using ImportFn = Result<std::vector<ValueId>> (*)(ImportContext&);

struct OnnxImport {
  std::string_view op_type;
  ImportFn import;
  std::string_view domain = "";  // "" is ai.onnx
};

// --- the answers ------------------------------------------------------------------------------------

// Result types from operand types, constants and attributes. Checks everything that is wrong with them:
// the verifier calls it too, and compares.
using InferFn = Result<std::vector<Type>> (*)(const NodeView&);

// Fills `out` (tensors of the result types, zeroed) from `in` (nullptr for absent operands).
using EvalFn = Status (*)(const NodeView&, std::span<const Tensor* const> in, std::span<Tensor> out);

// Reverse-mode derivative of eval_float. `out` are the results, `out_gradients` the derivatives of a loss by them; adds the
// derivatives by the operands to `in_gradients`, where an entry is not nullptr. Gradients are f32, shaped as their values.
using GradientFn = Status (*)(const NodeView&, std::span<const Tensor* const> in, std::span<const Tensor* const> out,
                              std::span<const Tensor* const> out_gradients, std::span<Tensor* const> in_gradients);

// What one evaluation costs, independent of any core. Never cycles.
struct Work {
  std::int64_t macs = 0;             // multiply-accumulates, padding included (the nominal count)
  std::int64_t element_ops = 0;      // other arithmetic, per element
  std::int64_t requantizations = 0;  // outputs rescaled to int8
  std::int64_t weight_elements = 0;  // constants read
};
using WorkFn = Work (*)(const NodeView&);

// How the quantize pass treats the operator.
struct QuantRule {
  enum class Result : std::uint8_t {
    calibrated,  // its own scale, from the observed range
    as_operand,  // the parameters of operand 0
    fixed,       // `fixed`, whatever was observed (softmax, sigmoid)
    kept,        // no real numbers: the result keeps its type (arg_max)
  };
  Result result = Result::calibrated;
  std::optional<Quantization> fixed = std::nullopt;
  int weight = -1;          // operand quantized symmetric per channel, along `weight_axis`
  int weight_axis = 0;
  int bias = -1;            // operand stored as int32 with scale input·weight
  bool table = false;       // a function of one operand, element by element: becomes lookup_table
  bool unify = false;       // all operands must share the result's parameters (concat)
  std::int64_t products = 0;  // of two stored activations that a result adds up in int32 (matmul: its depth)
};
using QuantRuleFn = QuantRule (*)(const NodeView&);

// The calls that compute a node on a device; none for a view of its operand.
using LowerFn = Result<std::vector<KernelCall>> (*)(const NodeView&, const CoreFeatures&);

struct OpDef {
  std::string_view name;     // "conv2d"
  std::string_view summary;  // one sentence with the layout of its operands, for docs/operators.md
  std::vector<OnnxImport> onnx = {};
  InferFn infer;
  Answer<EvalFn> eval_float;
  Answer<EvalFn> eval_int8;
  WorkFn work;
  Answer<QuantRuleFn> quantization;
  Answer<LowerFn> lower;  // of a quantized node
  Answer<GradientFn> gradient = "it has no derivative yet";
  Answer<LowerFn> lower_float = "it has no float kernel yet";  // of a node without quantized operands and results
  bool is_view = false;      // the result is the operand's bytes under another shape: costs nothing
  // Element i of the one result depends on element i of the operands (which may broadcast) and on nothing else:
  // it may be computed under any layout.
  bool elementwise = false;
  int in_place_operand = -1;  // its buffer may also be the result's; element i is read before it is written
};

// All operators, in the order of their names. lib/ops provides the one table there is.
using OpTable = std::span<const OpDef* const>;
const OpDef* find_op(OpTable ops, std::string_view name);

}  // namespace tinyc
