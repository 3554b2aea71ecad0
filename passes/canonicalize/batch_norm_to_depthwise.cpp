// batch-norm-to-depthwise: a batch_norm that nothing could take in becomes a 1x1 depthwise conv2d, which is computed in
// integers with a scale per channel.
//
//   %y = batch_norm(%x: f32[1,8,8,16], ...)   ->   %y = conv2d(%x, %a: f32[16,1,1,1], %b) {groups=16, ...}
//
// When: once fold-batch-norm and the passes around it have nothing left to do.

#include "passes/canonicalize/axes.h"
#include "passes/canonicalize/linear.h"

namespace tinyc::passes {
namespace {

// x of any rank is seen as [N, 1, positions, C].
Status to_depthwise(Graph& graph, PassContext& context, NodeId id, const ChannelAffine& affine) {
  const NodeView node = view(graph, id);
  const Shape shape = node.operand(0).shape;
  const DType dtype = node.operand(0).dtype;
  const std::string name(node.name);
  const auto channels = static_cast<std::int64_t>(affine.scale.size());
  const Shape spatial = shape.rank() == 4 ? shape : Shape{shape[0], 1, shape.elements() / shape[0] / channels, channels};

  Builder builder = builder_before(graph, context, id);
  const ValueId x = TINYC_TRY(emit_reshape(builder, name, node.operand_ids.front(), spatial));
  const ValueId weights = graph.add_constant(name + "_weight", tensor_of(dtype, Shape{channels, 1, 1, 1}, affine.scale));
  const ValueId bias = graph.add_constant(name + "_bias", tensor_of(dtype, Shape{channels}, affine.shift));
  using Integers = std::vector<std::int64_t>;
  const ValueId y = TINYC_TRY(builder.emit("conv2d", name, {x, weights, bias},
                                           {{"strides", Integers{1, 1}}, {"dilations", Integers{1, 1}},
                                            {"pads", Integers{0, 0, 0, 0}}, {"groups", channels}}));
  replace_node_and_name(graph, id, TINYC_TRY(emit_reshape(builder, name, y, shape)));
  return {};
}

Result<Changed> run(Graph& graph, PassContext& context) {
  return for_each_node(graph, [&](NodeId id) -> Result<bool> {
    if (!is_op(graph, id, "batch_norm")) return false;
    const NodeView node = view(graph, id);
    const auto affine = affine_of_batch_norm(node);
    if (!affine || node.operand(0).shape.elements() == 0) return false;
    TINYC_TRY(to_depthwise(graph, context, id, *affine));
    return true;
  });
}

}  // namespace

const Pass& batch_norm_to_depthwise() {
  static const Pass pass{{.name = "batch-norm-to-depthwise",
                          .summary = "makes batch normalization that stands alone a depthwise convolution",
                          .stages = before_calibration},
                         run};
  return pass;
}

}  // namespace tinyc::passes
