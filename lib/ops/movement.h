#pragma once
// Copies of elements of any type, by which the data-movement operators evaluate; and what their inference shares.

#include <vector>

#include "lib/ir/op_def.h"

namespace tinyc::ops {

// The loops of a copy from outermost to innermost: those of one turn are left out, neighbours merged where they are
// one run in every tensor. `strides` has a list for each tensor. At least one loop.
struct CopyLoop {
  std::int64_t size;
  std::vector<std::int64_t> strides;  // of each tensor, in elements
};
std::vector<CopyLoop> copy_loops(const Shape& shape, const std::vector<std::vector<std::int64_t>>& strides);

// out[i0, i1, ...] = in[offset + i0 * strides[0] + i1 * strides[1] + ...], in elements.
void copy_strided(const Tensor& in, std::int64_t offset, const std::vector<std::int64_t>& strides, Tensor& out);

// out[i0, i1, ...] = in[maps[0][i0], maps[1][i1], ...]; an element with a negative index among them is left as it is.
void copy_mapped(const Tensor& in, const std::vector<std::vector<std::int64_t>>& maps, Tensor& out);

// The inverse for gradients: in[maps[0][i0], maps[1][i1], ...] += out[i0, i1, ...], of float.
void add_mapped(const Tensor& out, const std::vector<std::vector<std::int64_t>>& maps, Tensor& in);

// The call of tinyc_gather_bytes that does the same from operand 0, seen under the shape `in`, to result 0; no index is
// negative. TC3015 when a mapped axis, or two that are taken together because more than three are mapped other than one to
// one, is longer than 65536.
Result<std::vector<KernelCall>> lower_mapped_copy(const NodeView& node, const Shape& in,
                                                  const std::vector<std::vector<std::int64_t>>& maps);

// Every element becomes `value`, converted to the tensor's type.
void fill(Tensor& tensor, double value);

// Sizes of a shape before, at and after an axis: the tensor seen as [outer, size, inner].
struct AxisView {
  std::int64_t outer, size, inner;
};
AxisView view_axis(const Shape& shape, int axis);

// The operands and the result of a quantized movement have the same parameters: the quantize pass saw to it.
void check_same_parameters(const NodeView& node);

// An operator of one operand that is a mapped copy of it.
using MapsFn = std::vector<std::vector<std::int64_t>> (*)(const NodeView&);
template <MapsFn maps>
Status mapped_gradient(const NodeView& node, std::span<const Tensor* const>, std::span<const Tensor* const>,
                       std::span<const Tensor* const> out_gradients, std::span<Tensor* const> in_gradients) {
  if (in_gradients[0]) add_mapped(*out_gradients[0], maps(node), *in_gradients[0]);
  return {};
}
OpDef mapped_op(std::string_view name, std::string_view summary, std::vector<OnnxImport> onnx, InferFn infer, EvalFn eval,
                LowerFn lower, GradientFn gradient);
template <MapsFn maps>
OpDef mapped_op(std::string_view name, std::string_view summary, std::vector<OnnxImport> onnx, InferFn infer) {
  const EvalFn eval = [](const NodeView& node, std::span<const Tensor* const> in, std::span<Tensor> out) {
    if (node.result().is_quantized()) check_same_parameters(node);
    copy_mapped(*in[0], maps(node), out[0]);
    return Status();
  };
  const LowerFn lower = [](const NodeView& node, const CoreFeatures&) {
    return lower_mapped_copy(node, node.operand(0).shape, maps(node));
  };
  return mapped_op(name, summary, std::move(onnx), infer, eval, lower, mapped_gradient<maps>);
}

// Work of a copy: one operation per element of the result.
Work work_of_copy(const NodeView& node);
inline Work no_work(const NodeView&) { return {}; }

// The parameters of the operand also mean the result: movement, maximum.
inline QuantRule as_operand_rule(const NodeView&) { return {.result = QuantRule::Result::as_operand}; }

}  // namespace tinyc::ops
