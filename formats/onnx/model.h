#pragma once
// A ModelProto made ready for import: functions expanded, names checked, nodes in topological order.

#include <map>
#include <string>
#include <vector>

#include "formats/onnx/proto.h"
#include "formats/onnx/reader.h"
#include "formats/onnx/tensor.h"
#include "lib/ir/attributes.h"

namespace tinyc::onnx_format {

// Collects what is wrong with a model so that it is reported at once.
class Problems {
 public:
  void add(const Error& error) {
    diagnostics_.insert(diagnostics_.end(), error.diagnostics().begin(), error.diagnostics().end());
  }
  void add(std::string id, std::string where, std::string message, std::string remedy = {}) {
    diagnostics_.push_back({std::move(id), std::move(where), std::move(message), std::move(remedy)});
  }
  bool none() const { return diagnostics_.empty(); }
  Error error() const { return Error(diagnostics_); }
  Status status() const { return none() ? Status() : Status(error()); }

 private:
  std::vector<Diagnostic> diagnostics_;
};

using Opsets = std::map<std::string, std::int64_t>;  // by domain, "" for ai.onnx

// The version per domain. TC3103 for a version of ai.onnx that tinyc does not know, TC4101 for contradictions.
Result<Opsets> read_opsets(const google::protobuf::RepeatedPtrField<onnx::OperatorSetIdProto>& imports,
                           const std::string& where);
std::string canonical_domain(const std::string& domain);  // "ai.onnx" is ""

struct FlatBody;
struct FlatNode {
  onnx::NodeProto proto;
  const Opsets* opsets = nullptr;
  std::vector<FlatBody> bodies = {};         // of If, Loop and Scan
  std::vector<std::string> captured = {};    // values that the bodies read of what is around them
  // The node's own name, else that of its first output.
  std::string name() const;
  // Every value it reads: its operands, "" where one is absent, then what its bodies capture.
  std::vector<std::string> reads() const;
};
bool is_control_flow(const onnx::NodeProto& node);

struct FlatBody {
  std::string attribute;
  onnx::GraphProto graph;  // without its nodes
  std::vector<FlatNode> nodes;
};

struct FlatModel {
  std::map<std::string, Opsets> opsets;  // "": the model's own; of functions by domain and name; nodes point here
  std::vector<FlatNode> nodes;
};

// Moves the nodes out of the model, calls of model-local functions replaced by their bodies (names within are
// prefixed by "CALL/"), likewise in the bodies of control flow. TC4108 for calls that do not fit or recur, TC8103 beyond
// max_nodes.
Result<FlatModel> flatten(onnx::ModelProto& model, const OnnxReadOptions& options);

// TC4103 for a value defined twice, TC4104 for one that nothing defines, TC4105 for a cycle. Sorts the nodes,
// keeping their order where it is good. In a body, what nothing defines comes from around it.
Status check_and_sort(const onnx::GraphProto& graph, std::vector<FlatNode>& nodes, bool is_body = false);

// TC3101 an operator tinyc does not know, TC3102 another domain, TC3107 control flow that depends on the inputs: one
// line per node. The branches of an If are checked when one of them is imported.
Status check_operator(const FlatNode& node, const std::string& name);
Status check_operators(const onnx::GraphProto& graph, const FlatModel& model, const OnnxReadOptions& options);

// ONNX attributes as the IR has them: tensors in compute types. TC4106 malformed, TC3106 and TC3107 kinds
// of values that are not supported.
Result<Attributes> read_attributes(const FlatNode& node, ExternalData& external);

// The types of the graph inputs that are not constants, in order. TC3104 lists every dynamic dimension that
// options.dims must settle; TC5030 sizes that fit no dimension.
struct GraphInput {
  std::string name;
  Type type;
};
Result<std::vector<GraphInput>> resolve_inputs(const onnx::GraphProto& graph, const OnnxReadOptions& options);

}  // namespace tinyc::onnx_format
