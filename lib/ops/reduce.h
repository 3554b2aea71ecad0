#pragma once
// What the reductions share: attributes `axes` (ascending, distinct) and `keepdims` (0 or 1).

#include "lib/ops/elementwise.h"

namespace tinyc::ops {

// The result's type, without quantization parameters.
Result<std::vector<Type>> infer_reduction(const NodeView& node);
// The result's shape with a size of 1 for every reduced axis.
Shape kept_shape(const Shape& operand, const std::vector<std::int64_t>& axes);
// How many elements of the operand each element of the result reduces.
std::int64_t reduced_count(const NodeView& node);
Work work_of_reduction(const NodeView& node);
// The operand as runs of axes, kept and reduced in turn, kept first and last; axes of size 1 are left out.
std::vector<std::int64_t> alternating_runs(const NodeView& node);
// The call of a kernel that reduces over up to three loops for each of up to three: parameters kept0..2, kept_step0..2,
// reduced0..2, reduced_step0..2. TC3014 when there are more.
Result<KernelCall> make_reduction_call(const NodeView& node, std::string_view kernel);

// tinyc_OP_f32; integers and booleans by tinyc_reduce_int, where it has the operator.
Result<std::vector<KernelCall>> lower_reduction_float(const NodeView& node, const CoreFeatures&);

// `axes` is an attribute before opset `axes_operand_since`, then operand 1. No axes: all of them or, with
// noop_with_empty_axes, none, and then the result is the operand.
Result<std::vector<ValueId>> import_reduction(ImportContext& context, std::string_view op, int axes_operand_since);

// Calls f(index of the operand's element, index of the result's element) in the operand's row-major order.
template <class F>
void for_each_reduced(const NodeView& node, F f) {
  const Shape& shape = node.operand(0).shape;
  const std::array<Shape, 1> kept{kept_shape(shape, node.attributes.integers("axes"))};
  const BroadcastLoops loops = broadcast_loops(shape, kept);
  for_each_run(loops, [&](std::int64_t first, std::int64_t n, const std::array<std::int64_t, 3>& at) {
    for (std::int64_t i = 0; i < n; ++i)
      f(static_cast<std::size_t>(first + i), static_cast<std::size_t>(at[0] + i * loops.stride.back()[0]));
  });
}

}  // namespace tinyc::ops
