#include "formats/onnx/writer.h"

#include <limits>

#include "formats/onnx/export_node.h"
#include "formats/onnx/model.h"
#include "lib/support/version.h"

namespace tinyc {
namespace {

using onnx_format::Exporter;

constexpr std::string_view producer = "tinyc";
constexpr std::int64_t ir_version = 8;  // of opset 17

Error no_form(const NodeView& node) {
  return node.error("TC3110", std::string(node.op.name) + " has no form in ONNX opset " + std::to_string(written_opset),
                    "leave --save-onnx out");
}

}  // namespace

Result<std::string> write_onnx(const Graph& graph) {
  onnx_format::Problems problems;
  for (const NodeId id : graph.nodes())
    if (!onnx_format::find_onnx_export(graph.node(id).op().name)) problems.add(no_form(view(graph, id)));
  TINYC_TRY(problems.status());
  Exporter exporter(graph);
  for (const NodeId id : graph.nodes()) {
    const NodeView node = view(graph, id);
    const onnx_format::OnnxExport& known = *onnx_format::find_onnx_export(node.op.name);
    onnx_format::NodeExport context{exporter, node, known.op_type};
    TINYC_TRY(known.run(context));
  }

  onnx::ModelProto model;
  model.set_ir_version(ir_version);
  model.set_producer_name(std::string(producer));
  model.set_producer_version(std::string(version()));
  auto& opset = *model.add_opset_import();
  opset.set_domain("");
  opset.set_version(written_opset);
  *model.mutable_graph() = exporter.finish();
  for (const auto& [key, value] : graph.metadata) {
    auto& entry = *model.add_metadata_props();
    entry.set_key(key);
    entry.set_value(value);
  }
  if (model.ByteSizeLong() > static_cast<std::size_t>(std::numeric_limits<int>::max()))
    return Error("TC8104", graph.name, "the ONNX model would be larger than 2 GB, the most that protobuf allows");
  return model.SerializeAsString();
}

// The first fields of a ModelProto: ir_version, producer_name.
bool is_written_onnx(std::string_view head) {
  return head.size() > 2 && head[0] == 0x08 && head.substr(2).starts_with("\x12\x05tinyc");
}

}  // namespace tinyc
