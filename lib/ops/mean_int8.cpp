#include "lib/ops/mean_int8.h"

#include <algorithm>

#include "lib/ops/binary_int8.h"

namespace tinyc::ops {

Result<std::vector<Requantizer>> mean_requantizers(const NodeView& node, const std::vector<std::int64_t>& counts,
                                                   std::int64_t most) {
  const double in_scale = int8_parameters(node.operand(0)).scale.front();
  const double out_scale = int8_parameters(node.result()).scale.front();
  std::vector<double> ratios;
  // From a ratio of 256 on, every sum but 0 saturates.
  for (const std::int64_t count : counts)
    ratios.push_back(std::min(in_scale / (out_scale * static_cast<double>(count)), 256.0));
  auto requantizers = make_requantizers(ratios);
  if (most >= std::int64_t{1} << 23 || (most * 255) << requantizers.front().left_shift >= std::int64_t{1} << 31)
    return node.error("TC3013", std::string(node.op.name) + " sums " + std::to_string(most) +
                                    " elements, which leaves 32 bits",
                      "average in two steps");
  return requantizers;
}

}  // namespace tinyc::ops
