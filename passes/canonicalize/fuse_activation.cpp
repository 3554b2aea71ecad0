// fuse-activation: a relu or clip of a result that nothing else reads becomes the bounds clamp_low and clamp_high of the
// node that computes the result; so does one on top of another, relu 6 on top of relu.
//
//   %y = conv2d(%x, %w, %b) {...}; %z = relu(%y)   ->   %y = conv2d(%x, %w, %b) {clamp_low=0, ...}
//
// When: after the passes that fold into weights, which need a result without bounds.

#include <algorithm>
#include <array>
#include <limits>

#include "passes/canonicalize/rewrite.h"

namespace tinyc::passes {
namespace {

constexpr double infinity = std::numeric_limits<double>::infinity();

struct Bounds {
  double low = -infinity, high = infinity;
  double operator()(double x) const { return std::min(std::max(x, low), high); }
};

std::optional<Bounds> bounds_of(const Graph& graph, NodeId id) {
  if (is_op(graph, id, "relu")) return Bounds{.low = 0};
  const Attributes& attributes = graph.node(id).attributes();
  return Bounds{attributes.real_or("clamp_low", -infinity), attributes.real_or("clamp_high", infinity)};
}

bool takes_bounds(const Node& node) {
  constexpr std::array<std::string_view, 10> ops{"conv2d", "fully_connected", "matmul",       "add",  "sub",
                                                 "mul",    "max_pool",        "average_pool", "clip", "conv_transpose2d"};
  return std::find(ops.begin(), ops.end(), node.op().name) != ops.end();
}

Result<Changed> run(Graph& graph, PassContext& context) {
  return for_each_node(graph, [&](NodeId id) -> Result<bool> {
    if (!is_op(graph, id, "relu") && !is_op(graph, id, "clip")) return false;
    const ValueId x = graph.node(id).operands().front();
    const NodeId below = graph.value(x).producer();
    if (!below.valid() || !has_single_use(graph, x)) return false;
    if (!can_replace(graph, graph.node(id).results().front(), x)) return false;
    const bool on_relu = is_op(graph, below, "relu");
    if (!on_relu && !takes_bounds(graph.node(below))) return false;

    const Bounds inner = *bounds_of(graph, below), outer = *bounds_of(graph, id);
    Attributes attributes = graph.node(below).attributes();
    if (const double low = outer(inner.low); low > -infinity) attributes.set("clamp_low", low);
    if (const double high = outer(inner.high); high < infinity) attributes.set("clamp_high", high);
    if (on_relu) graph.set_op(below, *find_op(context.ops, "clip"));
    graph.set_attributes(below, std::move(attributes));
    replace_node(graph, id, x);
    return true;
  });
}

}  // namespace

const Pass& fuse_activation() {
  static const Pass pass{{.name = "fuse-activation",
                          .summary = "makes relu and clip the bounds of the node before them",
                          .stages = before_calibration},
                         run};
  return pass;
}

}  // namespace tinyc::passes
