#include "passes/canonicalize/axes.h"

#include <algorithm>
#include <numeric>

namespace tinyc::passes {

Perm inverse(const Perm& perm) {
  Perm result(perm.size());
  for (std::size_t i = 0; i < perm.size(); ++i)
    result[static_cast<std::size_t>(perm[i])] = static_cast<std::int64_t>(i);
  return result;
}

Perm compose(const Perm& first, const Perm& then) {
  Perm result;
  for (const std::int64_t axis : then) result.push_back(first[static_cast<std::size_t>(axis)]);
  return result;
}

Shape permuted(const Shape& shape, const Perm& perm) {
  std::vector<std::int64_t> sizes;
  for (const std::int64_t axis : perm) sizes.push_back(shape[static_cast<int>(axis)]);
  return Shape(std::move(sizes));
}

bool moves_nothing(const Shape& shape, const Perm& perm) {
  std::int64_t last = -1;
  for (const std::int64_t axis : perm) {
    if (shape[static_cast<int>(axis)] == 1) continue;
    if (axis < last) return false;
    last = axis;
  }
  return true;
}

std::optional<AxisMap> match_unit_axes(const Shape& from, const Shape& to) {
  AxisMap map;
  int at = 0;
  for (int axis = 0; axis < to.rank(); ++axis) {
    while (at < from.rank() && from[at] == 1 && to[axis] != 1) ++at;
    if (at < from.rank() && from[at] == to[axis]) map.push_back(at++);
    else if (to[axis] == 1) map.push_back(-1);
    else return std::nullopt;
  }
  for (; at < from.rank(); ++at)
    if (from[at] != 1) return std::nullopt;
  return map;
}

namespace {

std::optional<Attributes> with_axis(const Node& node, const AxisMap& new_axis) {
  const auto axis = normalize_axis(node.attributes().integer("axis"), static_cast<int>(new_axis.size()));
  if (!axis || new_axis[static_cast<std::size_t>(*axis)] < 0) return std::nullopt;
  return with_attribute(node.attributes(), "axis", std::int64_t{new_axis[static_cast<std::size_t>(*axis)]});
}

std::optional<Attributes> with_reduced_axes(const Node& node, const AxisMap& new_axis) {
  if (node.attributes().integer_or("keepdims", 1) == 0) return std::nullopt;
  std::vector<std::int64_t> axes;
  for (const std::int64_t each : node.attributes().integers("axes")) {
    const auto axis = normalize_axis(each, static_cast<int>(new_axis.size()));
    if (!axis) return std::nullopt;
    if (const int moved = new_axis[static_cast<std::size_t>(*axis)]; moved >= 0) axes.push_back(moved);
  }
  if (axes.empty()) return std::nullopt;
  std::sort(axes.begin(), axes.end());
  return with_attribute(node.attributes(), "axes", axes);
}

std::optional<Attributes> with_pads(const Node& node, const AxisMap& new_axis, int new_rank) {
  const std::vector<std::int64_t>& pads = node.attributes().integers("pads");
  std::vector<std::int64_t> moved(static_cast<std::size_t>(2 * new_rank), 0);
  const std::size_t rank = new_axis.size();
  for (std::size_t axis = 0; axis < rank; ++axis) {
    if (new_axis[axis] < 0 && (pads[axis] != 0 || pads[axis + rank] != 0)) return std::nullopt;
    if (new_axis[axis] < 0) continue;
    moved[static_cast<std::size_t>(new_axis[axis])] = pads[axis];
    moved[static_cast<std::size_t>(new_axis[axis] + new_rank)] = pads[axis + rank];
  }
  return with_attribute(node.attributes(), "pads", moved);
}

std::optional<Attributes> with_ranges(const Node& node, const AxisMap& new_axis, int new_rank) {
  std::vector<std::int64_t> starts(static_cast<std::size_t>(new_rank), 0), steps(starts.size(), 1),
      sizes(starts.size(), 1);
  for (std::size_t axis = 0; axis < new_axis.size(); ++axis) {
    const std::int64_t start = node.attributes().integers("starts")[axis],
                       size = node.attributes().integers("sizes")[axis];
    if (new_axis[axis] < 0 && size != 1) return std::nullopt;
    if (new_axis[axis] < 0) continue;
    const auto at = static_cast<std::size_t>(new_axis[axis]);
    starts[at] = start, steps[at] = node.attributes().integers("steps")[axis], sizes[at] = size;
  }
  Attributes attributes = with_attribute(node.attributes(), "starts", starts);
  attributes = with_attribute(std::move(attributes), "steps", steps);
  return with_attribute(std::move(attributes), "sizes", sizes);
}

}  // namespace

bool is_reduction(const Node& node) { return node.op().name.starts_with("reduce_"); }

std::optional<Attributes> with_axes(const Node& node, const AxisMap& new_axis, int new_rank) {
  const std::string_view op = node.op().name;
  if (node.op().elementwise) return node.attributes();
  if (op == "concat" || op == "softmax" || op == "log_softmax" || op == "local_response_norm" || op == "take")
    return with_axis(node, new_axis);
  if (is_reduction(node) || op == "layer_norm") return with_reduced_axes(node, new_axis);
  if (op == "pad") return with_pads(node, new_axis, new_rank);
  if (op == "slice") return with_ranges(node, new_axis, new_rank);
  return std::nullopt;
}

Result<ValueId> emit_reshape(Builder& builder, std::string_view name, ValueId x, const Shape& shape) {
  if (builder.graph().value(x).type().shape == shape) return x;
  return builder.emit("reshape", name, {x}, {{"shape", shape.sizes()}});
}

Result<ValueId> emit_transpose(Builder& builder, std::string_view name, ValueId x, const Perm& perm) {
  Graph& graph = builder.graph();
  if (const NodeId inner = producer(graph, x, "transpose"); inner.valid()) {
    const Perm both = compose(graph.node(inner).attributes().integers("perm"), perm);
    const ValueId source = graph.node(inner).operands().front();
    return emit_transpose(builder, name, source, both);
  }
  Perm same(perm.size());
  std::iota(same.begin(), same.end(), 0);
  if (perm == same) return x;
  const Shape shape = graph.value(x).type().shape;
  if (moves_nothing(shape, perm)) return emit_reshape(builder, name, x, permuted(shape, perm));
  return builder.emit("transpose", name, {x}, {{"perm", perm}});
}

Result<ValueId> emit_take(Builder& builder, std::string_view name, ValueId x, int axis,
                          const std::vector<std::int64_t>& indices) {
  const Shape shape = builder.graph().value(x).type().shape;
  bool consecutive = true;
  for (std::size_t i = 0; i + 1 < indices.size(); ++i) consecutive = consecutive && indices[i + 1] == indices[i] + 1;
  if (!consecutive || indices.empty())
    return builder.emit("take", name, {x}, {{"axis", std::int64_t{axis}}, {"indices", indices}});
  if (static_cast<std::int64_t>(indices.size()) == shape[axis]) return x;
  std::vector<std::int64_t> starts(static_cast<std::size_t>(shape.rank()), 0), sizes = shape.sizes();
  const std::vector<std::int64_t> steps(starts.size(), 1);
  starts[static_cast<std::size_t>(axis)] = indices.front();
  sizes[static_cast<std::size_t>(axis)] = static_cast<std::int64_t>(indices.size());
  return builder.emit("slice", name, {x}, {{"starts", starts}, {"steps", steps}, {"sizes", sizes}});
}

}  // namespace tinyc::passes
