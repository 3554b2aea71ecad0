#pragma once
// reduce_sum and reduce_mean on integers: requantize(sum - taps * zero_point), divided by `divisor`.

#include "lib/ops/reduce.h"

namespace tinyc::ops {

Status eval_sums_int8(const NodeView& node, std::int64_t divisor, std::span<const Tensor* const> in,
                      std::span<Tensor> out);
Result<std::vector<KernelCall>> lower_sums(const NodeView& node, std::int64_t divisor);

}  // namespace tinyc::ops
