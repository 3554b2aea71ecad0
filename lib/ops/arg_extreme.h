#pragma once
// What arg_max and arg_min share: the index, as i64, of the extreme of x along `axis`, the first of several or, with
// select_last_index = 1, the last; keepdims = 1 keeps the axis as one of size 1.

#include "lib/ops/elementwise.h"

namespace tinyc::ops {

Result<std::vector<Type>> infer_arg_extreme(const NodeView& node);
Result<std::vector<ValueId>> import_arg_extreme(ImportContext& context, std::string_view op);
// Fills `out` with the indices of the largest or the smallest elements.
Status eval_arg_extreme(const NodeView& node, const Tensor& x, Tensor& out, bool largest);

Result<std::vector<KernelCall>> lower_arg_extreme(const NodeView& node, bool largest);
// The result stays an index.
inline QuantRule arg_extreme_rule(const NodeView&) { return {.result = QuantRule::Result::kept}; }

// tinyc_arg_extreme_f32; integers by tinyc_arg_extreme_int.
Result<std::vector<KernelCall>> lower_arg_extreme_float(const NodeView& node, bool largest);

}  // namespace tinyc::ops
