#include "lib/ops/reduce_extreme.h"

#include "lib/ops/binary_int8.h"

namespace tinyc::ops {

// ~max(~x) is min(x): `flip` is -1 for it.
Result<std::vector<KernelCall>> lower_reduce_extreme(const NodeView& node, bool largest) {
  check_same_parameters(node);
  KernelCall call = TINYC_TRY(make_reduction_call(node, "tinyc_reduce_extreme_s8"));
  append(call, "flip", largest ? 0 : -1);
  return std::vector{std::move(call)};
}

}  // namespace tinyc::ops
