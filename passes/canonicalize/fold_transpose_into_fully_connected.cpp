// fold-transpose-into-fully-connected: a fully_connected that reads a flattened, transposed tensor reads the flattened
// tensor itself with the columns of its weights in the other order.
//
//   reshape(transpose(%x: f32[1,4,4,8]) {perm=[0, 3, 1, 2]}) {shape=[1, 128]} -> fully_connected with %w
//     ->  reshape(%x) {shape=[1, 128]} -> fully_connected with the columns of %w permuted
//
// When: after nhwc has brought transposes down to the flattening; fold-constants evaluates the permuted weights.

#include "passes/canonicalize/axes.h"

namespace tinyc::passes {
namespace {

// The transpose above the reshape that makes `flat` of it, batch by batch; invalid when there is none.
NodeId flattened_transpose(const Graph& graph, ValueId flat) {
  const NodeId reshape = producer(graph, flat, "reshape");
  if (!reshape.valid()) return {};
  const ValueId y = graph.node(reshape).operands().front();
  const NodeId transpose = producer(graph, y, "transpose");
  const Shape &shape = graph.value(y).type().shape, &result = graph.value(flat).type().shape;
  if (!transpose.valid() || graph.node(transpose).attributes().integers("perm").front() != 0) return {};
  return result.rank() == 2 && result[0] == shape[0] ? transpose : NodeId();
}

// [N, K] with K in the order of the transpose's result, brought into the order of its operand.
Result<ValueId> permute_columns(Graph& graph, Builder& builder, ValueId weights, const Shape& source, const Perm& perm) {
  const Shape flat = graph.value(weights).type().shape;
  const std::string name = graph.value(weights).name();
  Shape apart = permuted(source, perm);
  apart[0] = flat[0];
  const ValueId seen = TINYC_TRY(builder.emit("reshape", name, {weights}, {{"shape", apart.sizes()}}));
  const ValueId moved = TINYC_TRY(builder.emit("transpose", name, {seen}, {{"perm", inverse(perm)}}));
  return builder.emit("reshape", name, {moved}, {{"shape", flat.sizes()}});
}

Result<Changed> run(Graph& graph, PassContext& context) {
  return for_each_node(graph, [&](NodeId id) -> Result<bool> {
    if (!is_op(graph, id, "fully_connected")) return false;
    const NodeView node = view(graph, id);
    const NodeId transpose = flattened_transpose(graph, node.operand_ids[0]);
    if (!transpose.valid() || !node.constant(1)) return false;
    const ValueId x = graph.node(transpose).operands().front();
    const Perm perm = graph.node(transpose).attributes().integers("perm");
    const Shape source = graph.value(x).type().shape, flat = node.operand(0).shape;
    const ValueId old_weights = node.operand_ids[1];
    const std::string name = graph.value(node.operand_ids[0]).name();
    Builder builder = builder_before(graph, context, id);
    const ValueId weights = TINYC_TRY(permute_columns(graph, builder, old_weights, source, perm));
    graph.set_operand(id, 1, weights);
    graph.set_operand(id, 0, TINYC_TRY(builder.emit("reshape", name, {x}, {{"shape", flat.sizes()}})));
    return true;
  });
}

}  // namespace

const Pass& fold_transpose_into_fully_connected() {
  static const Pass pass{{.name = "fold-transpose-into-fully-connected",
                          .summary = "permutes the weights that read a flattened transpose instead of the tensor",
                          .stages = before_calibration},
                         run};
  return pass;
}

}  // namespace tinyc::passes
