#include "lib/ops/sums_int8.h"

#include "lib/ops/binary_int8.h"
#include "lib/ops/mean_int8.h"
#include "lib/quant/clamp.h"

namespace tinyc::ops {

Status eval_sums_int8(const NodeView& node, std::int64_t divisor, std::span<const Tensor* const> in,
                      std::span<Tensor> out) {
  const Requantizer requantizer = TINYC_TRY(mean_requantizers(node, {divisor}, reduced_count(node))).front();
  const std::int32_t in_zero = int8_parameters(node.operand(0)).zero_point.front();
  const std::int32_t out_zero = int8_parameters(node.result()).zero_point.front();
  const auto x = in[0]->data<std::int8_t>();
  const auto y = out[0].mutable_data<std::int8_t>();
  std::vector<std::int32_t> sums(y.size(), 0);
  for_each_reduced(node, [&](std::size_t from, std::size_t to) { sums[to] += x[from] - in_zero; });
  for (std::size_t i = 0; i < y.size(); ++i)
    y[i] = static_cast<std::int8_t>(ClampBounds{}.apply(requantize(sums[i], requantizer, out_zero)));
  return {};
}

Result<std::vector<KernelCall>> lower_sums(const NodeView& node, std::int64_t divisor) {
  std::vector<std::int64_t> runs = alternating_runs(node);
  if (runs.size() > 5)
    return node.error("TC3014", std::string(node.op.name) + " over more than two runs of axes", "transpose first");
  // Fewer runs: one more reduced of size 1, between the reduced axes and those kept after them.
  while (runs.size() < 5) runs.insert(runs.end() - 1, 1);
  const std::int64_t count = reduced_count(node);
  const Requantizer requantizer = TINYC_TRY(mean_requantizers(node, {divisor}, count)).front();
  KernelCall call{.kernel = "tinyc_reduce_mean_s8", .inputs = {node.operand_ids[0]}, .outputs = {node.result_ids[0]}};
  const char* const names[] = {"kept0", "reduced0", "kept1", "reduced1", "kept2"};
  for (std::size_t i = 0; i < 5; ++i) append(call, names[i], runs[i]);
  append(call, "zeros", count * int8_parameters(node.operand(0)).zero_point.front());
  append(call, "multiplier", requantizer.multiplier);
  append(call, "left_shift", requantizer.left_shift);
  append(call, "zero_point", int8_parameters(node.result()).zero_point.front());
  append(call, "clamp_low", ClampBounds{}.low);
  append(call, "clamp_high", ClampBounds{}.high);
  return std::vector{std::move(call)};
}

}  // namespace tinyc::ops
