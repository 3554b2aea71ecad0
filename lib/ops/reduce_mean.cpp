// reduce_mean: the mean of x over `axes`. ONNX ReduceMean.

#include <algorithm>

#include "lib/ops/binary_int8.h"
#include "lib/ops/mean_int8.h"
#include "lib/ops/reduce.h"
#include "lib/quant/clamp.h"

namespace tinyc::ops {
namespace {

Result<std::vector<Type>> infer(const NodeView& node) {
  auto types = TINYC_TRY(infer_reduction(node));
  if (!accepts_dtype(Accepts::numbers, types[0].dtype)) return unsupported_dtype(node, types[0].dtype);
  if (reduced_count(node) == 0) return node.error("TC4010", "the mean of no elements is not defined");
  return types;
}

Status eval_wide(const NodeView& node, std::span<const Tensor* const> in, std::span<Tensor> out) {
  visit_dtype(in[0]->dtype(), [&]<class T>(T) {
    if constexpr (!std::is_same_v<T, bool>) {
      using Integer = std::conditional_t<std::is_unsigned_v<T>, std::uint64_t, std::int64_t>;
      using Sum = std::conditional_t<std::is_floating_point_v<T>, double, Integer>;
      const auto x = in[0]->data<T>();
      const auto y = out[0].mutable_data<T>();
      std::vector<Sum> sums(y.size(), Sum{0});
      for_each_reduced(node, [&](std::size_t from, std::size_t to) { sums[to] += static_cast<Sum>(x[from]); });
      const auto count = static_cast<Sum>(reduced_count(node));
      for (std::size_t i = 0; i < y.size(); ++i) y[i] = static_cast<T>(sums[i] / count);
    }
  });
  return {};
}

Status eval_int8(const NodeView& node, std::span<const Tensor* const> in, std::span<Tensor> out) {
  const std::int64_t count = reduced_count(node);
  const Requantizer requantizer = TINYC_TRY(mean_requantizers(node, {count}, count)).front();
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

// The operand as runs of axes, kept and reduced in turn, kept first and last.
std::vector<std::int64_t> alternating_runs(const NodeView& node) {
  const auto& axes = node.attributes.integers("axes");
  const Shape& shape = node.operand(0).shape;
  std::vector<std::int64_t> runs{1};
  for (int axis = 0; axis < shape.rank(); ++axis) {
    if (shape[axis] == 1) continue;
    const bool reduced = std::find(axes.begin(), axes.end(), axis) != axes.end();
    if (reduced != (runs.size() % 2 == 0)) runs.push_back(1);
    runs.back() *= shape[axis];
  }
  if (runs.size() % 2 == 0) runs.push_back(1);
  return runs;
}

Result<std::vector<KernelCall>> lower(const NodeView& node, const CoreFeatures&) {
  std::vector<std::int64_t> runs = alternating_runs(node);
  if (runs.size() > 5)
    return node.error("TC3014", "reduce_mean over more than two runs of axes", "transpose first");
  // Fewer runs: one more reduced of size 1, between the reduced axes and those kept after them.
  while (runs.size() < 5) runs.insert(runs.end() - 1, 1);
  const std::int64_t count = reduced_count(node);
  const Requantizer requantizer = TINYC_TRY(mean_requantizers(node, {count}, count)).front();
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

QuantRule rule(const NodeView&) { return {}; }

Result<std::vector<ValueId>> import_mean(ImportContext& context) { return import_reduction(context, "reduce_mean", 18); }

}  // namespace

const OpDef& reduce_mean() {
  static const OpDef op{.name = "reduce_mean",
                        .summary = "the mean of x over `axes`, which stay as axes of size 1 with keepdims = 1",
                        .onnx = {{"ReduceMean", import_mean}},
                        .infer = infer,
                        .eval_float = with_halves_as_floats<eval_wide>,
                        .eval_int8 = eval_int8,
                        .work = work_of_reduction,
                        .quantization = rule,
                        .lower = lower};
  return op;
}

}  // namespace tinyc::ops
