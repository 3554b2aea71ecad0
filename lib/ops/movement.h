#pragma once
// Copies of elements of any type, by which the data-movement operators evaluate; and what their inference shares.

#include <vector>

#include "lib/ir/op_def.h"

namespace tinyc::ops {

// out[i0, i1, ...] = in[offset + i0 * strides[0] + i1 * strides[1] + ...], in elements.
void copy_strided(const Tensor& in, std::int64_t offset, const std::vector<std::int64_t>& strides, Tensor& out);

// out[i0, i1, ...] = in[maps[0][i0], maps[1][i1], ...]; an element with a negative index among them is left as it is.
void copy_mapped(const Tensor& in, const std::vector<std::vector<std::int64_t>>& maps, Tensor& out);

// Every element becomes `value`, converted to the tensor's type.
void fill(Tensor& tensor, double value);

// Sizes of a shape before, at and after an axis: the tensor seen as [outer, size, inner].
struct AxisView {
  std::int64_t outer, size, inner;
};
AxisView view_axis(const Shape& shape, int axis);

// Work of a copy: one operation per element of the result.
Work work_of_copy(const NodeView& node);
inline Work no_work(const NodeView&) { return {}; }

// The parameters of the operand also mean the result: movement, maximum.
inline QuantRule as_operand_rule(const NodeView&) { return {.result = QuantRule::Result::as_operand}; }

}  // namespace tinyc::ops
