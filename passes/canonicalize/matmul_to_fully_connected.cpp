// matmul-to-fully-connected: a matmul by a constant matrix is a fully_connected with the matrix transposed.
//
//   %y = matmul(%x, %w: f32[K,N])   ->   %t = transpose(%w) {perm=[1, 0]}; %y = fully_connected(%x, %t, none)
//
// When: before the passes that fold into weights; fold-constants evaluates the transpose.

#include "passes/canonicalize/rewrite.h"

namespace tinyc::passes {
namespace {

Result<Changed> run(Graph& graph, PassContext& context) {
  return for_each_node(graph, [&](NodeId id) -> Result<bool> {
    if (!is_op(graph, id, "matmul")) return false;
    const NodeView node = view(graph, id);
    const ValueId x = node.operand_ids[0], w = node.operand_ids[1];
    if (!is_activation(graph, x) || !node.constant(1) || node.operand(1).shape.rank() != 2) return false;
    const std::string name(node.name), weight_name = graph.value(w).name();
    const Attributes attributes = node.attributes;
    Builder builder = builder_before(graph, context, id);
    const ValueId transposed =
        TINYC_TRY(builder.emit("transpose", weight_name, {w}, {{"perm", std::vector<std::int64_t>{1, 0}}}));
    replace_node_and_name(graph, id,
                          TINYC_TRY(builder.emit("fully_connected", name, {x, transposed, ValueId()}, attributes)));
    return true;
  });
}

}  // namespace

const Pass& matmul_to_fully_connected() {
  static const Pass pass{{.name = "matmul-to-fully-connected",
                          .summary = "makes a product with a constant matrix a fully connected layer",
                          .stages = before_calibration},
                         run};
  return pass;
}

}  // namespace tinyc::passes
