// fold-pad: a pad of height and width becomes padding of the convolution or pool that reads it.
//
//   %y = pad(%x) {mode="constant", pads=[0, 1, 1, 0, 0, 1, 1, 0], value=0}; %z = conv2d(%y, ...) {pads=[0, 0, 0, 0]}
//     ->  %z = conv2d(%x, ...) {pads=[1, 1, 1, 1]}
//
// When: after nhwc. Only where it is exact: with zeros for conv2d; with zeros for an average_pool that counts its padding
// or has none of its own; for a max_pool with what can never be the maximum of a window, which is minus infinity, or a
// bound from below of %x where every window reads some of %x.

#include <algorithm>
#include <array>
#include <limits>

#include "passes/canonicalize/axes.h"

namespace tinyc::passes {
namespace {

constexpr double infinity = std::numeric_limits<double>::infinity();

struct Padding {
  ValueId x;          // what is padded
  Shape shape;        // of x as the window reads it, [N, H, W, C]
  double value;
  std::array<std::int64_t, 4> pads;  // top, left, bottom, right
};

// What a window operator reads as its operand 0, if that is padded; also through a reshape that only adds or removes
// axes of size 1.
std::optional<Padding> padding_of(const Graph& graph, ValueId value) {
  const Shape padded = graph.value(value).type().shape;
  const NodeId reshape = producer(graph, value, "reshape");
  if (reshape.valid()) value = graph.node(reshape).operands().front();
  const NodeId id = producer(graph, value, "pad");
  if (!id.valid()) return std::nullopt;
  const Node& node = graph.node(id);
  const auto& pads = node.attributes().integers("pads");
  if (node.attributes().text("mode") != "constant") return std::nullopt;
  if (std::any_of(pads.begin(), pads.end(), [](std::int64_t pad) { return pad < 0; })) return std::nullopt;

  const auto map = match_unit_axes(graph.value(value).type().shape, padded);
  if (!map) return std::nullopt;
  const std::size_t rank = pads.size() / 2;
  Padding result{node.operands().front(), padded, node.attributes().real_or("value", 0), {}};
  std::vector<bool> seen(rank, false);
  for (int axis = 0; axis < 4; ++axis) {
    const int source = (*map)[static_cast<std::size_t>(axis)];
    if (source < 0) continue;
    const auto at = static_cast<std::size_t>(source);
    seen[at] = true;
    const bool is_spatial = axis == 1 || axis == 2;
    if (!is_spatial && (pads[at] != 0 || pads[at + rank] != 0)) return std::nullopt;
    if (is_spatial) {
      result.pads[static_cast<std::size_t>(axis - 1)] = pads[at];
      result.pads[static_cast<std::size_t>(axis + 1)] = pads[at + rank];
      result.shape[axis] -= pads[at] + pads[at + rank];
    }
  }
  for (std::size_t axis = 0; axis < rank; ++axis)
    if (!seen[axis] && (pads[axis] != 0 || pads[axis + rank] != 0)) return std::nullopt;
  return result;
}

// A bound from below of every element, as far as the nodes above tell.
double lower_bound(const Graph& graph, ValueId value, int depth = 0) {
  const NodeId id = graph.value(value).producer();
  if (!id.valid() || depth > 32) return -infinity;
  const Node& node = graph.node(id);
  const std::string_view op = node.op().name;
  if (op == "relu" || op == "sigmoid" || op == "hard_sigmoid" || op == "softmax") return 0;
  if (node.attributes().has("clamp_low")) return node.attributes().real("clamp_low");
  if (op != "reshape" && op != "transpose" && op != "concat" && op != "max_pool") return -infinity;
  double bound = infinity;
  for (const ValueId operand : node.operands()) bound = std::min(bound, lower_bound(graph, operand, depth + 1));
  return bound;
}

// Whether every window along an axis has a tap inside an input of this size, once padded by this much more.
bool reads_some_input(const Node& pool, const Padding& padding) {
  const auto& kernel = pool.attributes().integers("kernel");
  const auto& strides = pool.attributes().integers("strides");
  const auto& dilations = pool.attributes().integers("dilations");
  const auto& own = pool.attributes().integers("pads");
  for (std::size_t axis = 0; axis < 2; ++axis) {
    const std::int64_t size = padding.shape[static_cast<int>(axis) + 1];
    const std::int64_t before = padding.pads[axis] + own[axis], after = padding.pads[axis + 2] + own[axis + 2];
    const std::int64_t last_start = size + after - ((kernel[axis] - 1) * dilations[axis] + 1);
    for (std::int64_t start = -before; start <= last_start; start += strides[axis]) {
      bool inside = false;
      for (std::int64_t tap = 0; tap < kernel[axis] && !inside; ++tap) {
        const std::int64_t at = start + tap * dilations[axis];
        inside = at >= 0 && at < size;
      }
      if (!inside) return false;
    }
  }
  return true;
}

// The attributes of a window node that pads itself; nothing where that would compute something else.
std::optional<Attributes> with_padding(const Graph& graph, const Node& node, const Padding& padding) {
  const std::string_view op = node.op().name;
  Attributes attributes = node.attributes();
  std::vector<std::int64_t> pads = attributes.integers("pads");
  const bool pads_itself = std::any_of(pads.begin(), pads.end(), [](std::int64_t pad) { return pad != 0; });
  if (op == "conv2d" && padding.value != 0) return std::nullopt;
  if (op == "average_pool") {
    if (padding.value != 0 || (pads_itself && attributes.integer_or("count_include_pad", 0) == 0)) return std::nullopt;
    attributes.set("count_include_pad", std::int64_t{1});
  }
  if (op == "max_pool") {
    const bool never_maximal = padding.value == -infinity || padding.value <= lower_bound(graph, padding.x);
    if (!never_maximal || !reads_some_input(node, padding)) return std::nullopt;
  }
  for (std::size_t i = 0; i < pads.size(); ++i) pads[i] += padding.pads[i];
  attributes.set("pads", std::move(pads));
  return attributes;
}

Result<Changed> run(Graph& graph, PassContext& context) {
  return for_each_node(graph, [&](NodeId id) -> Result<bool> {
    const Node& node = graph.node(id);
    const std::string_view op = node.op().name;
    if (op != "conv2d" && op != "max_pool" && op != "average_pool") return false;
    const auto padding = padding_of(graph, node.operands().front());
    if (!padding) return false;
    const auto attributes = with_padding(graph, node, *padding);
    if (!attributes) return false;
    const std::string name = node.name();
    Builder builder = builder_before(graph, context, id);
    const ValueId x = TINYC_TRY(emit_reshape(builder, name, padding->x, padding->shape));
    graph.set_operand(id, 0, x);
    graph.set_attributes(id, *attributes);
    return true;
  });
}

}  // namespace

const Pass& fold_pad() {
  static const Pass pass{{.name = "fold-pad",
                          .summary = "makes padding part of the convolution or pool that reads it",
                          .stages = before_calibration},
                         run};
  return pass;
}

}  // namespace tinyc::passes
