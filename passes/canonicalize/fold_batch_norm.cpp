// fold-batch-norm: a batch_norm with constant statistics, y = a·x + b per channel with a = scale / sqrt(variance + epsilon)
// and b = bias − a·mean, goes into the weights and bias of the conv2d or fully_connected before it, or of the one after
// it.
//
//   %y = conv2d(%x, %w, none); %z = batch_norm(%y, ...)   ->   %y = conv2d(%x, %a·w, %b)
//
// When: after nhwc, which removes the transposes in between.

#include "passes/canonicalize/linear.h"

namespace tinyc::passes {
namespace {

Result<Changed> run(Graph& graph, PassContext&) {
  return for_each_node(graph, [&](NodeId id) -> Result<bool> {
    if (!is_op(graph, id, "batch_norm")) return false;
    const auto affine = affine_of_batch_norm(view(graph, id));
    return affine ? fold_affine_node(graph, id, graph.node(id).operands().front(), *affine) : Result<bool>(false);
  });
}

}  // namespace

const Pass& fold_batch_norm() {
  static const Pass pass{{.name = "fold-batch-norm",
                          .summary = "folds batch normalization into convolutions and fully connected layers",
                          .stages = before_calibration},
                         run};
  return pass;
}

}  // namespace tinyc::passes
