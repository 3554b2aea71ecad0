// planar-input: lets the first convolution read channel-planar input as it is.
//
//   %t = transpose(%x) {perm=[0, 2, 3, 1]}; %y = conv2d(%t, %w, %b)   =>   %y = conv2d_planar(%x, %w, %b)
//
// Saves the transpose and a copy of the input in the arena. When: on the quantized graph, last; only for kernels of three
// columns, stride 1 or 2, over at most eight channels, which gather planar rows as cheaply as interleaved ones.

#include "lib/pass/pass.h"

namespace tinyc::passes {
namespace {

constexpr std::int64_t most_channels = 8;

bool suits(const NodeView& conv) {
  const Shape& w = conv.operand(1).shape;
  const auto strides = conv.attributes.integers("strides"), dilations = conv.attributes.integers_or("dilations", {1, 1});
  return conv.attributes.integer_or("groups", 1) == 1 && w[2] == 3 && w[3] <= most_channels && strides[1] <= 2 &&
         dilations == std::vector<std::int64_t>{1, 1};
}

Result<Changed> run(Graph& graph, PassContext& context) {
  Changed changed = Changed::no;
  const std::vector<NodeId> nodes = graph.nodes();
  for (const NodeId id : nodes) {
    const NodeView conv = view(graph, id);
    if (conv.op.name != "conv2d" || !conv.result().is_quantized() || !suits(conv)) continue;
    const ValueId transposed = conv.operand_ids[0];
    const NodeId transpose = graph.value(transposed).producer();
    if (!transpose.valid() || graph.node(transpose).op().name != "transpose" || graph.is_output(transposed)) continue;
    if (graph.node(transpose).attributes().integers("perm") != std::vector<std::int64_t>{0, 2, 3, 1}) continue;
    if (graph.value(transposed).uses().size() != 1) continue;
    const std::int64_t saved = graph.value(transposed).type().bytes();
    graph.set_op(id, *find_op(context.ops, "conv2d_planar"));
    graph.set_operand(id, 0, graph.node(transpose).operands().front());
    graph.erase_node(transpose);
    context.note("planar-input", graph.node(id).name(), {{"transposed_bytes_saved", saved}});
    changed = Changed::yes;
  }
  return changed;
}

}  // namespace

const Pass& planar_input() {
  static const Pass pass{{.name = "planar-input",
                          .summary = "lets the first convolution read channel-planar input as it is",
                          .stages = {Stage::quantized}},
                         run};
  return pass;
}

}  // namespace tinyc::passes
