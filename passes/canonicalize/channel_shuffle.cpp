// channel-shuffle: a chain of reshapes, transposes, slices and takes that in all only picks elements along one axis
// becomes one take, one slice, or nothing. The channel shuffle of ShuffleNet is one, in each of the ways to write it.
//
//   reshape(transpose(reshape(%x) {shape=[1, 2, 8, 4, 4]}) {perm=[0, 2, 1, 3, 4]}) {shape=[1, 16, 4, 4]}
//     ->  take(%x) {axis=1, indices=[0, 8, 1, 9, ...]}
//
// When: before nhwc, which lets a take work along any order of axes.

#include <algorithm>
#include <numeric>

#include "passes/canonicalize/axes.h"

namespace tinyc::passes {
namespace {

bool moves_elements(const Graph& graph, NodeId id) {
  return is_op(graph, id, "reshape") || is_op(graph, id, "transpose") || is_op(graph, id, "slice") ||
         is_op(graph, id, "take");
}

// The axis along which the sizes differ, or any axis; nothing when other ranks or sizes forbid a take.
std::optional<int> differing_axis(const Shape& from, const Shape& to) {
  if (from.rank() != to.rank() || from.rank() == 0) return std::nullopt;
  int differing = -1;
  for (int axis = 0; axis < from.rank(); ++axis) {
    if (from[axis] == to[axis]) continue;
    if (differing >= 0) return std::nullopt;
    differing = axis;
  }
  return differing;
}

// For each element of the chain's result the index of the element of its source.
Result<std::vector<std::int64_t>> trace(const Graph& graph, const std::vector<NodeId>& chain) {
  const Shape& shape = graph.value(graph.node(chain.back()).operands().front()).type().shape;
  std::vector<std::int32_t> all(static_cast<std::size_t>(shape.elements()));
  std::iota(all.begin(), all.end(), 0);
  Tensor tensor = Tensor::of(shape, all);
  for (auto id = chain.rbegin(); id != chain.rend(); ++id) {
    const NodeView node = view(graph, *id);
    std::vector<Tensor> out{Tensor(DType::i32, node.result().shape)};
    const Tensor* in = &tensor;
    TINYC_TRY((*node.op.eval_float)(node, {&in, 1}, out));
    tensor = std::move(out.front());
  }
  return tensor.to_integers();
}

// The indices along `axis` when the elements are those of a take.
std::optional<std::vector<std::int64_t>> indices_along(const std::vector<std::int64_t>& elements, const Shape& from,
                                                       const Shape& to, int axis) {
  std::int64_t inner = 1;
  for (int i = axis + 1; i < from.rank(); ++i) inner *= from[i];
  std::vector<std::int64_t> indices;
  for (std::int64_t i = 0; i < to[axis]; ++i) indices.push_back(elements[static_cast<std::size_t>(i * inner)] / inner);
  for (std::int64_t i = 0; i < to.elements(); ++i) {
    const std::int64_t outer = i / inner / to[axis], at = i / inner % to[axis];
    const std::int64_t expected = (outer * from[axis] + indices[static_cast<std::size_t>(at)]) * inner + i % inner;
    if (elements[static_cast<std::size_t>(i)] != expected) return std::nullopt;
  }
  return indices;
}

struct Take {
  ValueId x;
  int axis;
  std::vector<std::int64_t> indices;
};

// What the nodes from the last one of the chain, its source, to the first one are in all.
Result<std::optional<Take>> take_of(const Graph& graph, const std::vector<NodeId>& chain) {
  const ValueId x = graph.node(chain.back()).operands().front();
  const Shape &from = graph.value(x).type().shape,
              &to = graph.value(graph.node(chain.front()).results().front()).type().shape;
  const auto differing = differing_axis(from, to);
  if (!differing || from.elements() == 0 || to.elements() == 0) return std::optional<Take>();
  const std::vector<std::int64_t> elements = TINYC_TRY(trace(graph, chain));
  for (int axis = 0; axis < from.rank(); ++axis) {
    if (*differing >= 0 && axis != *differing) continue;
    if (auto indices = indices_along(elements, from, to, axis))
      return std::optional(Take{x, axis, *std::move(indices)});
  }
  return std::optional<Take>();
}

Result<bool> shorten(Graph& graph, PassContext& context, NodeId id) {
  constexpr std::size_t longest = 8;
  std::vector<NodeId> chain{id};
  std::optional<Take> found;
  while (!found && chain.size() < longest) {
    const NodeId above = graph.value(graph.node(chain.back()).operands().front()).producer();
    if (!above.valid() || !moves_elements(graph, above)) return false;
    chain.push_back(above);
    found = TINYC_TRY(take_of(graph, chain));
  }
  if (!found) return false;
  const std::string name = graph.node(id).name();
  const Shape shape = graph.value(graph.node(id).results().front()).type().shape;
  Builder builder = builder_before(graph, context, id);
  const ValueId taken = TINYC_TRY(emit_take(builder, name, found->x, found->axis, found->indices));
  if (!can_replace(graph, graph.node(id).results().front(), taken))
    replace_node_and_name(graph, id, TINYC_TRY(builder.emit("reshape", name, {taken}, {{"shape", shape.sizes()}})));
  else if (taken == found->x) replace_node(graph, id, taken);
  else replace_node_and_name(graph, id, taken);
  return true;
}

Result<Changed> run(Graph& graph, PassContext& context) {
  return for_each_node(graph, [&](NodeId id) -> Result<bool> {
    return moves_elements(graph, id) ? shorten(graph, context, id) : Result<bool>(false);
  });
}

}  // namespace

const Pass& channel_shuffle() {
  static const Pass pass{{.name = "channel-shuffle",
                          .summary = "makes one take of reshapes and transposes that reorder one axis",
                          .stages = before_calibration},
                         run};
  return pass;
}

}  // namespace tinyc::passes
