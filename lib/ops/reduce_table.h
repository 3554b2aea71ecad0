#pragma once
// Reductions outer(sum of inner(x)) on integers: norms, sums of squares (lib/quant/summed_table.h).

#include "lib/ops/reduction.h"

namespace tinyc::ops {

using RealMap = double (*)(double);
Status eval_reduce_table(const NodeView& node, RealMap inner, RealMap outer, std::span<const Tensor* const> in,
                         std::span<Tensor> out);
Result<std::vector<KernelCall>> lower_reduce_table(const NodeView& node, RealMap inner, RealMap outer);

inline double magnitude(double x) { return std::fabs(x); }
inline double square(double x) { return x * x; }
inline double same(double x) { return x; }
inline double square_root(double x) { return std::sqrt(x); }
inline double logarithm(double x) { return std::log(x); }

// `def` with these answers for int8.
template <RealMap inner, RealMap outer>
OpDef with_reduce_table(OpDef def) {
  def.eval_int8 = EvalFn([](const NodeView& node, std::span<const Tensor* const> in, std::span<Tensor> out) {
    return eval_reduce_table(node, inner, outer, in, out);
  });
  def.quantization = QuantRuleFn([](const NodeView&) { return QuantRule{}; });
  def.lower = LowerFn([](const NodeView& node, const CoreFeatures&) { return lower_reduce_table(node, inner, outer); });
  return def;
}

}  // namespace tinyc::ops
