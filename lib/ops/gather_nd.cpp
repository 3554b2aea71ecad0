// gather_nd: the slices of x at the coordinate tuples in the last axis of `indices`; the first `batch_dims` axes are
// common to both. ONNX GatherND.

#include <cstring>

#include "lib/ops/binary_int8.h"
#include "lib/ops/float_call.h"
#include "lib/ops/import_util.h"
#include "lib/ops/indexing.h"
#include "lib/ops/movement.h"
#include "lib/ops/typed_call.h"

namespace tinyc::ops {
namespace {

Result<std::vector<Type>> infer(const NodeView& node) {
  TINYC_TRY(check_operand_count(node, 2, 2));
  const Type &x = node.operand(0), &indices = node.operand(1);
  const std::int64_t batch_dims = TINYC_TRY(require_integer(node, "batch_dims"));
  const int rank = indices.shape.rank();
  if (rank < 1 || x.shape.rank() < 1 || is_float(indices.dtype) || batch_dims < 0 || batch_dims >= rank ||
      batch_dims + indices.shape[rank - 1] > x.shape.rank())
    return node.error("TC4010", "the indices of gather_nd do not fit " + x.shape.to_string());
  for (int axis = 0; axis < batch_dims; ++axis)
    if (indices.shape[axis] != x.shape[axis]) return node.error("TC4010", "the batches of gather_nd differ");
  std::vector<std::int64_t> sizes(indices.shape.begin(), indices.shape.end() - 1);
  const auto taken = static_cast<std::ptrdiff_t>(batch_dims + indices.shape[rank - 1]);
  sizes.insert(sizes.end(), x.shape.begin() + taken, x.shape.end());
  return std::vector{Type{x.dtype, Shape(sizes)}};
}

Status eval(const NodeView& node, std::span<const Tensor* const> in, std::span<Tensor> out) {
  const auto places = TINYC_TRY(tuple_places(node, in[0]->shape(), *in[1], static_cast<int>(node.attributes.integer("batch_dims"))));
  if (places.empty()) return {};
  const std::size_t element = size_of(out[0].dtype());
  const std::size_t bytes = out[0].bytes().size() / places.size();
  const std::byte* from = in[0]->bytes().data();
  std::byte* to = out[0].mutable_bytes().data();
  for (std::size_t i = 0; i < places.size(); ++i)
    std::memcpy(to + i * bytes, from + static_cast<std::size_t>(places[i]) * element, bytes);
  return {};
}

Result<std::vector<KernelCall>> lower_float(const NodeView& node, const CoreFeatures&) {
  TINYC_TRY(check_indexed(node));
  const Shape &x = node.operand(0).shape, &indices = node.operand(1).shape;
  const auto first_axis = static_cast<int>(node.attributes.integer("batch_dims"));
  const std::int64_t depth = indices[indices.rank() - 1];
  std::int64_t batches = 1, tuples = 1, batch_elements = 1, run = 1;
  for (int axis = 0; axis + 1 < indices.rank(); ++axis) (axis < first_axis ? batches : tuples) *= indices[axis];
  for (int axis = first_axis; axis < x.rank(); ++axis) batch_elements *= x[axis];
  for (int axis = first_axis + static_cast<int>(depth); axis < x.rank(); ++axis) run *= x[axis];
  KernelCall call = float_call(node, "tinyc_gather_nd_bytes");
  append_type(call, "index_type", node.operand(1));
  append(call, "batches", batches);
  append(call, "tuples", tuples);
  append(call, "depth", depth);
  append(call, "batch_elements", batch_elements);
  append_bytes(call, node.result());
  append(call, "run_bytes", run * static_cast<std::int64_t>(size_of(node.result().dtype)));
  append_indexed_axes(call, x, first_axis, depth);
  return std::vector{std::move(call)};
}

Result<std::vector<ValueId>> import_gather_nd(ImportContext& context) {
  TINYC_TRY(check_inputs(context, 2, 2));
  return context.emit_all("gather_nd", {context.input(0), context.input(1)},
                          {{"batch_dims", TINYC_TRY(integer_attribute(context, "batch_dims", 0))}});
}

}  // namespace

const OpDef& gather_nd() {
  static const OpDef op{.name = "gather_nd",
                        .summary = "the slices of x at the coordinate tuples in the last axis of `indices`",
                        .onnx = {{"GatherND", import_gather_nd}},
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
