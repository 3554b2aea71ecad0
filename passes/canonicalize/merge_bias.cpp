// merge-bias: an addition or subtraction of a constant per channel goes into the bias of the conv2d or fully_connected
// before it, or of the one after it, if that does not pad.
//
//   %y = fully_connected(%x, %w, none); %z = add(%y, %b)   ->   %y = fully_connected(%x, %w, %b)
//
// When: after nhwc, so that the channel is the last axis, and after matmul-to-fully-connected.

#include "passes/canonicalize/linear.h"

namespace tinyc::passes {
namespace {

Result<Changed> run(Graph& graph, PassContext&) {
  return for_each_node(graph, [&](NodeId id) -> Result<bool> {
    const bool adds = is_op(graph, id, "add"), subtracts = is_op(graph, id, "sub");
    if (!adds && !subtracts) return false;
    const NodeView node = view(graph, id);
    const std::size_t constant = node.constant(0) ? 0 : 1;
    if (!node.constant(static_cast<int>(constant)) || !is_float(node.result().dtype)) return false;
    const ValueId x = node.operand_ids[1 - constant];
    auto shift = per_channel(*node.operands[constant], node.result().shape);
    if (!shift || !is_activation(graph, x)) return false;
    std::vector<double> scale(shift->size(), 1.0);
    if (subtracts) for (double& each : constant == 1 ? *shift : scale) each = -each;
    return fold_affine_node(graph, id, x, {std::move(scale), *std::move(shift)});
  });
}

}  // namespace

const Pass& merge_bias() {
  static const Pass pass{{.name = "merge-bias",
                          .summary = "makes additions of constants the bias of convolutions and fully connected layers",
                          .stages = before_calibration},
                         run};
  return pass;
}

}  // namespace tinyc::passes
