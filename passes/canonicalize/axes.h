#pragma once
// Permutations of axes, reshapes that only add and remove axes of size 1, and operators under another order of
// axes.

#include "passes/canonicalize/rewrite.h"

namespace tinyc::passes {

using Perm = std::vector<std::int64_t>;  // result axis i is operand axis perm[i]

Perm inverse(const Perm& perm);
// One transpose for two: transpose(transpose(x, first), then).
Perm compose(const Perm& first, const Perm& then);
Shape permuted(const Shape& shape, const Perm& perm);
// The transpose moves no element of a tensor of this shape: only axes of size 1 change places.
bool moves_nothing(const Shape& shape, const Perm& perm);

// For each axis of `to` the axis of `from` it is, -1 for one of size 1 that is added; axes of `from` that are not
// named have size 1. Nothing when `to` is more than axes of size 1 away.
using AxisMap = std::vector<int>;
std::optional<AxisMap> match_unit_axes(const Shape& from, const Shape& to);

// Reduces the axes of its attribute `axes`, which stay with keepdims = 1.
bool is_reduction(const Node& node);

// The attributes a node needs when its operands and result have other axes: old axis a is now new_axis[a], -1
// when it is gone (it has size 1). Nothing when the operator cannot work like that. Element-wise operators,
// concat, pad, slice, take, softmax, normalizations, reductions that keep their axes.
std::optional<Attributes> with_axes(const Node& node, const AxisMap& new_axis, int new_rank);

// x under another shape; x itself when it has that shape.
Result<ValueId> emit_reshape(Builder& builder, std::string_view name, ValueId x, const Shape& shape);
// transpose(x, perm) in the cheapest form: x itself, a reshape, or one transpose where x is a transpose already.
Result<ValueId> emit_transpose(Builder& builder, std::string_view name, ValueId x, const Perm& perm);

// The elements of x at these indices along the axis: x itself when they are all in order, a slice when they follow each
// other, a take otherwise.
Result<ValueId> emit_take(Builder& builder, std::string_view name, ValueId x, int axis,
                          const std::vector<std::int64_t>& indices);

}  // namespace tinyc::passes
