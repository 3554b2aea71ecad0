// transpose: result axis i is operand axis perm[i]. ONNX Transpose.

#include <algorithm>
#include <array>

#include "lib/ops/binary_int8.h"
#include "lib/ops/checks.h"
#include "lib/ops/float_call.h"
#include "lib/ops/gradient.h"
#include "lib/ops/import_util.h"
#include "lib/ops/movement.h"
#include "lib/ops/typed_call.h"

namespace tinyc::ops {
namespace {

using Integers = std::vector<std::int64_t>;

bool is_permutation_of(const Integers& perm, int rank) {
  if (static_cast<int>(perm.size()) != rank) return false;
  std::vector<bool> seen(perm.size(), false);
  for (const std::int64_t axis : perm) {
    if (axis < 0 || axis >= rank || seen[static_cast<std::size_t>(axis)]) return false;
    seen[static_cast<std::size_t>(axis)] = true;
  }
  return true;
}

Result<std::vector<Type>> infer(const NodeView& node) {
  TINYC_TRY(check_operand_count(node, 1, 1));
  const Type& operand = node.operand(0);
  const Integers perm = TINYC_TRY(require_integers(node, "perm"));
  if (!is_permutation_of(perm, operand.shape.rank()))
    return node.error("TC4010", "perm is not a permutation of the " + std::to_string(operand.shape.rank()) + " axes of " +
                                    operand.shape.to_string());
  Integers sizes;
  for (const std::int64_t axis : perm) sizes.push_back(operand.shape[static_cast<int>(axis)]);
  Type result{operand.dtype, Shape(sizes), operand.quantization};
  if (result.quantization && !result.quantization->is_per_tensor())
    result.quantization->axis = static_cast<int>(std::find(perm.begin(), perm.end(), operand.quantization->axis) - perm.begin());
  return std::vector{result};
}

// Of the operand, in elements, along the axes of the result.
Integers operand_strides(const NodeView& node) {
  const auto strides = node.operand(0).shape.strides();
  Integers permuted;
  for (const std::int64_t axis : node.attributes.integers("perm")) permuted.push_back(strides[static_cast<std::size_t>(axis)]);
  return permuted;
}

Status eval(const NodeView& node, std::span<const Tensor* const> in, std::span<Tensor> out) {
  copy_strided(*in[0], 0, operand_strides(node), out[0]);
  return {};
}

Status gradient(const NodeView& node, std::span<const Tensor* const>, std::span<const Tensor* const>,
                std::span<const Tensor* const> out_gradients, std::span<Tensor* const> in_gradients) {
  if (!in_gradients[0]) return {};
  const Shape& shape = node.result().shape;
  const Integers& perm = node.attributes.integers("perm");
  Integers inverse(perm.size());
  for (std::size_t i = 0; i < perm.size(); ++i) inverse[static_cast<std::size_t>(perm[i])] = static_cast<std::int64_t>(i);
  Integers strides;
  for (const std::int64_t axis : inverse) strides.push_back(shape.strides()[static_cast<std::size_t>(axis)]);
  Tensor moved(DType::f32, node.operand(0).shape);
  copy_strided(*out_gradients[0], 0, strides, moved);
  const std::array<const Tensor*, 1> gradients{&moved};
  return view_gradient(node, {}, {}, gradients, in_gradients);
}

Status eval_int8(const NodeView& node, std::span<const Tensor* const> in, std::span<Tensor> out) {
  check_same_parameters(node);
  return eval(node, in, out);
}

Result<std::vector<KernelCall>> lower(const NodeView& node, const CoreFeatures&) {
  constexpr std::size_t most_loops = 5;
  const auto loops = copy_loops(node.result().shape, {operand_strides(node)});
  if (loops.size() > most_loops)
    return node.error("TC3014", "transpose moves more than five axes apart", "transpose in two steps");
  KernelCall call{.kernel = "tinyc_transpose_s8", .inputs = {node.operand_ids[0]}, .outputs = {node.result_ids[0]}};
  const std::size_t unused = most_loops - loops.size();
  for (std::size_t i = 0; i < most_loops; ++i)
    append(call, "size" + std::to_string(i), i < unused ? 1 : loops[i - unused].size);
  for (std::size_t i = 0; i < most_loops; ++i)
    append(call, "stride" + std::to_string(i), i < unused ? 0 : loops[i - unused].strides.front());
  return std::vector{std::move(call)};
}

Result<std::vector<KernelCall>> lower_float(const NodeView& node, const CoreFeatures&) {
  constexpr std::size_t most_loops = 6;
  const auto loops = copy_loops(node.result().shape, {operand_strides(node)});
  if (loops.size() > most_loops)
    return node.error("TC3014", "transpose moves more than six axes apart", "transpose in two steps");
  const bool real = is_f32(node.result());
  const std::int64_t unit = real ? 1 : static_cast<std::int64_t>(size_of(node.result().dtype));
  KernelCall call = float_call(node, real ? "tinyc_transpose_f32" : "tinyc_transpose_bytes");
  const std::size_t unused = most_loops - loops.size();
  for (std::size_t i = 0; i < most_loops; ++i)
    append(call, "size" + std::to_string(i), i < unused ? 1 : loops[i - unused].size);
  for (std::size_t i = 0; i < most_loops; ++i)
    append(call, "stride" + std::to_string(i), i < unused ? 0 : loops[i - unused].strides.front() * unit);
  if (!real) append(call, "run_bytes", unit);
  return std::vector{std::move(call)};
}

Result<std::vector<ValueId>> import_transpose(ImportContext& context) {
  TINYC_TRY(check_inputs(context, 1, 1));
  const int rank = context.input_type(0).shape.rank();
  Integers reversed;
  for (int i = rank; i-- > 0;) reversed.push_back(i);
  const auto perm = TINYC_TRY(attribute_or<Integers>(context, "perm", reversed));
  if (!is_permutation_of(perm, rank)) return context.invalid("perm is not a permutation of the operand's axes");
  return context.emit_all("transpose", {context.input(0)}, {{"perm", perm}});
}

}  // namespace

const OpDef& transpose() {
  static const OpDef op{.name = "transpose",
                        .summary = "x with its axes permuted: axis i of the result is axis perm[i] of x",
                        .onnx = {{"Transpose", import_transpose}},
                        .infer = infer,
                        .eval_float = eval,
                        .eval_int8 = eval_int8,
                        .work = work_of_copy,
                        .quantization = as_operand_rule,
                        .lower = lower,
                        .gradient = gradient,
                        .lower_float = lower_float};
  return op;
}

}  // namespace tinyc::ops
