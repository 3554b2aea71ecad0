// fold-scale: a multiplication by a constant per channel, or one for all, goes into the weights of the conv2d or
// fully_connected before it, or of the one after it (whose padding of zeros stays zeros).
//
//   %y = conv2d(%x, %w, %b); %z = mul(%y, %s)   ->   %y = conv2d(%x, %s·w, %s·b)
//
// When: after nhwc, so that the channel is the last axis.

#include "passes/canonicalize/linear.h"

namespace tinyc::passes {
namespace {

Result<Changed> run(Graph& graph, PassContext&) {
  return for_each_node(graph, [&](NodeId id) -> Result<bool> {
    if (!is_op(graph, id, "mul")) return false;
    const NodeView node = view(graph, id);
    const std::size_t constant = node.constant(0) ? 0 : 1;
    if (!node.constant(static_cast<int>(constant)) || !is_float(node.result().dtype)) return false;
    const ValueId x = node.operand_ids[1 - constant];
    auto scale = per_channel(*node.operands[constant], node.result().shape);
    if (!scale || !is_activation(graph, x)) return false;
    const std::vector<double> shift(scale->size(), 0.0);
    return fold_affine_node(graph, id, x, {*std::move(scale), shift});
  });
}

}  // namespace

const Pass& fold_scale() {
  static const Pass pass{{.name = "fold-scale",
                          .summary = "folds multiplications by constants into convolutions and fully connected layers",
                          .stages = before_calibration},
                         run};
  return pass;
}

}  // namespace tinyc::passes
