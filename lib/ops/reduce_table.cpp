#include "lib/ops/reduce_table.h"

#include "lib/ops/binary_int8.h"
#include "lib/quant/summed_table.h"

namespace tinyc::ops {
namespace {

SummedTable table_of(const NodeView& node, RealMap inner, RealMap outer) {
  return make_summed_table(int8_parameters(node.operand(0)), int8_parameters(node.result()), {}, reduced_count(node),
                           inner, outer);
}

}  // namespace

Status eval_reduce_table(const NodeView& node, RealMap inner, RealMap outer, std::span<const Tensor* const> in,
                         std::span<Tensor> out) {
  const SummedTable table = table_of(node, inner, outer);
  const auto x = in[0]->data<std::int8_t>();
  const auto y = out[0].mutable_data<std::int8_t>();
  std::vector<std::int32_t> sums(y.size(), 0);
  for_each_reduced(node, [&](std::size_t from, std::size_t to) {
    sums[to] += table.map[static_cast<std::size_t>(x[from] + 128)];
  });
  for (std::size_t i = 0; i < y.size(); ++i) y[i] = table.stored(sums[i]);
  return {};
}

Result<std::vector<KernelCall>> lower_reduce_table(const NodeView& node, RealMap inner, RealMap outer) {
  const SummedTable table = table_of(node, inner, outer);
  KernelCall call = TINYC_TRY(make_reduction_call(node, "tinyc_reduce_table_s8"));
  call.params.push_back({"map", Table{Tensor::of(Shape{256}, table.map)}});
  call.params.push_back({"thresholds", Table{Tensor::of(Shape{255}, table.thresholds)}});
  return std::vector{std::move(call)};
}

}  // namespace tinyc::ops
