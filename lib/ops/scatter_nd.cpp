// scatter_nd: x with the slices at the coordinate tuples in the last axis of `indices` replaced by those of `updates`, or
// combined with them by `reduction`. ONNX ScatterND.

#include "lib/ops/binary_int8.h"
#include "lib/ops/float_call.h"
#include "lib/ops/import_util.h"
#include "lib/ops/indexing.h"
#include "lib/ops/movement.h"
#include "lib/ops/typed_call.h"

namespace tinyc::ops {
namespace {

Result<std::vector<Type>> infer(const NodeView& node) {
  TINYC_TRY(check_operand_count(node, 3, 3));
  TINYC_TRY(require_reduction(node));
  const Type &x = node.operand(0), &indices = node.operand(1), &updates = node.operand(2);
  const int rank = indices.shape.rank();
  if (rank < 1 || is_float(indices.dtype) || indices.shape[rank - 1] > x.shape.rank())
    return node.error("TC4010", "the indices of scatter_nd do not fit " + x.shape.to_string());
  std::vector<std::int64_t> sizes(indices.shape.begin(), indices.shape.end() - 1);
  sizes.insert(sizes.end(), x.shape.begin() + static_cast<std::ptrdiff_t>(indices.shape[rank - 1]), x.shape.end());
  if (updates.shape != Shape(sizes) || updates.dtype != x.dtype)
    return node.error("TC4010", "the updates of scatter_nd are " + updates.to_string() + " instead of " + Shape(sizes).to_string());
  return std::vector{Type{x.dtype, x.shape}};
}

Status eval(const NodeView& node, std::span<const Tensor* const> in, std::span<Tensor> out) {
  const auto places = TINYC_TRY(tuple_places(node, in[0]->shape(), *in[1], 0));
  out[0] = *in[0];
  if (places.empty()) return {};
  const std::int64_t run = in[2]->elements() / static_cast<std::int64_t>(places.size());
  scatter(*require_reduction(node), places, run, *in[2], out[0]);
  return {};
}

Result<std::vector<KernelCall>> lower_float(const NodeView& node, const CoreFeatures&) {
  TINYC_TRY(check_indexed(node));
  TINYC_TRY(check_typed(node));
  const Shape &x = node.operand(0).shape, &indices = node.operand(1).shape;
  const std::int64_t depth = indices[indices.rank() - 1];
  std::int64_t tuples = 1, run = 1;
  for (int axis = 0; axis + 1 < indices.rank(); ++axis) tuples *= indices[axis];
  for (int axis = static_cast<int>(depth); axis < x.rank(); ++axis) run *= x[axis];
  KernelCall call = float_call(node, "tinyc_scatter_nd_any");
  append_type(call, "type", node.result());
  append(call, "reduction", static_cast<std::int64_t>(TINYC_TRY(require_reduction(node))));
  append(call, "x_bytes", node.result().bytes());
  append_type(call, "index_type", node.operand(1));
  append(call, "tuples", tuples);
  append(call, "depth", depth);
  append(call, "run", run);
  append_indexed_axes(call, x, 0, depth);
  return std::vector{std::move(call)};
}

Result<std::vector<ValueId>> import_scatter_nd(ImportContext& context) {
  TINYC_TRY(check_inputs(context, 3, 3));
  return context.emit_all("scatter_nd", {context.input(0), context.input(1), context.input(2)},
                          {{"reduction", TINYC_TRY(import_reduction_mode(context))}});
}

}  // namespace

const OpDef& scatter_nd() {
  static const OpDef op{.name = "scatter_nd",
                        .summary = "x with the slices at coordinate tuples `indices` replaced by (or reduced with) `updates`",
                        .onnx = {{"ScatterND", import_scatter_nd}},
                        .infer = infer,
                        .eval_float = eval,
                        .eval_int8 = runtime_indices,
                        .work = work_of_copy,
                        .quantization = runtime_indices,
                        .lower = runtime_indices,
                        .lower_float = lower_float};
  return op;
}

}  // namespace tinyc::ops
