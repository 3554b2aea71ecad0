#include "lib/ops/extreme_int8.h"

#include <algorithm>
#include <utility>

#include "lib/ops/binary_int8.h"
#include "lib/ops/movement.h"
#include "lib/quant/clamp.h"

namespace tinyc::ops {

Status eval_extreme_int8(const NodeView& view, bool largest, std::span<const Tensor* const> in, std::span<Tensor> out) {
  check_same_parameters(view);
  const ClampBounds bounds = clamp_bounds(view.attributes, int8_parameters(view.result()));
  apply_int8(view.result().shape, *in[0], *in[1], out[0], [&](std::int32_t a, std::int32_t b) {
    return bounds.apply(largest ? std::max(a, b) : std::min(a, b));
  });
  return {};
}

// ~max(~a, ~b) is min(a, b): `flip` is -1 for it.
Result<std::vector<KernelCall>> lower_extreme(const NodeView& view, bool largest) {
  const ClampBounds bounds = clamp_bounds(view.attributes, int8_parameters(view.result()));
  NodeView ordered = view;
  if (view.constant(0)) {
    std::swap(ordered.operands[0], ordered.operands[1]);
    std::swap(ordered.operand_ids[0], ordered.operand_ids[1]);
  }
  return make_ordered_call(
      ordered, "tinyc_extreme",
      {{"flip", std::int64_t{largest ? 0 : -1}}, {"clamp_low", bounds.low}, {"clamp_high", bounds.high}});
}

QuantRule extreme_rule(const NodeView& view) {
  const bool table = is_unary_by_constant(view);
  return {.table = table, .unify = !table};
}

}  // namespace tinyc::ops
