// reduce_mean: the mean of x over `axes`. ONNX ReduceMean.

#include "lib/ops/gradient.h"
#include "lib/ops/sums_int8.h"

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
  return eval_sums_int8(node, reduced_count(node), in, out);
}

Status gradient(const NodeView& node, std::span<const Tensor* const>, std::span<const Tensor* const>,
                std::span<const Tensor* const> out_gradients, std::span<Tensor* const> in_gradients) {
  if (!in_gradients[0]) return {};
  const auto g = out_gradients[0]->data<float>();
  const auto to = in_gradients[0]->mutable_data<float>();
  const float share = 1.0f / static_cast<float>(reduced_count(node));
  for_each_reduced(node, [&](std::size_t from, std::size_t result) { to[from] += g[result] * share; });
  return {};
}

Result<std::vector<KernelCall>> lower(const NodeView& node, const CoreFeatures&) {
  return lower_sums(node, reduced_count(node));
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
                        .lower = lower,
                        .gradient = gradient,
                        .lower_float = lower_reduction_float};
  return op;
}

}  // namespace tinyc::ops
