// lp_pool: the p-norm of each window of x[N,H,W,C], per channel. ONNX LpPool and GlobalLpPool.

#include <cmath>

#include "lib/ops/binary_int8.h"
#include "lib/ops/elementwise.h"
#include "lib/ops/float_call.h"
#include "lib/ops/import_util.h"
#include "lib/ops/pool.h"
#include "lib/quant/summed_table.h"

namespace tinyc::ops {
namespace {

Result<std::vector<Type>> infer(const NodeView& node) {
  const std::int64_t p = TINYC_TRY(require_integer(node, "p"));
  if (p < 1 || p > 1000) return node.error("TC4010", "the p of lp_pool is out of range");
  auto types = TINYC_TRY(infer_pool(node, true));
  if (!accepts_dtype(Accepts::reals, types[0].dtype) && !node.operand(0).quantization)
    return unsupported_dtype(node, types[0].dtype);
  return types;
}

template <class T>
void reduce_windows(const NodeView& node, std::span<const T> x, std::span<T> y) {
  const Window2d window = checked_pool_window(node);
  const Shape& in = node.operand(0).shape;
  const auto p = static_cast<double>(node.attributes.integer("p"));
  for_each_window(node, [&](std::int64_t pixel, std::int64_t row, std::int64_t column, std::int64_t origin) {
    for (std::int64_t c = 0; c < in[3]; ++c) {
      double sum = 0;
      for_each_tap(window, in, row, column, origin, [&](std::int64_t tap) {
        sum += std::pow(std::fabs(static_cast<double>(x[static_cast<std::size_t>(tap * in[3] + c)])), p);
      });
      y[static_cast<std::size_t>(pixel * in[3] + c)] = static_cast<T>(std::pow(sum, 1 / p));
    }
  });
}

Status eval_wide(const NodeView& node, std::span<const Tensor* const> in, std::span<Tensor> out) {
  visit_dtype(in[0]->dtype(), [&]<class T>(T) {
    if constexpr (std::is_floating_point_v<T>) reduce_windows<T>(node, in[0]->data<T>(), out[0].mutable_data<T>());
    else TINYC_CHECK(false, "inference refused this element type");
  });
  clamp_elements(node.attributes, out[0]);
  return {};
}

SummedTable table_of(const NodeView& node) {
  const Window2d window = checked_pool_window(node);
  const auto p = static_cast<double>(node.attributes.integer("p"));
  return make_summed_table(
      int8_parameters(node.operand(0)), int8_parameters(node.result()),
      clamp_bounds(node.attributes, int8_parameters(node.result())), window[0].kernel * window[1].kernel,
      [p](double x) { return std::pow(std::fabs(x), p); }, [p](double sum) { return std::pow(sum, 1 / p); });
}

Status eval_int8(const NodeView& node, std::span<const Tensor* const> in, std::span<Tensor> out) {
  const SummedTable table = table_of(node);
  const Window2d window = checked_pool_window(node);
  const Shape& shape = node.operand(0).shape;
  const auto x = in[0]->data<std::int8_t>();
  auto y = out[0].mutable_data<std::int8_t>().begin();
  for_each_window(node, [&](std::int64_t, std::int64_t row, std::int64_t column, std::int64_t origin) {
    for (std::int64_t c = 0; c < shape[3]; ++c) {
      std::int32_t sum = 0;
      for_each_tap(window, shape, row, column, origin, [&](std::int64_t tap) {
        sum += table.map[static_cast<std::size_t>(x[static_cast<std::size_t>(tap * shape[3] + c)] + 128)];
      });
      *y++ = table.stored(sum);
    }
  });
  return {};
}

Result<std::vector<KernelCall>> lower(const NodeView& node, const CoreFeatures&) {
  const SummedTable table = table_of(node);
  KernelCall call{.kernel = "tinyc_lp_pool_s8", .inputs = {node.operand_ids[0]}, .outputs = {node.result_ids[0]}};
  append_window(call, node);
  call.params.push_back({"map", Table{Tensor::of(Shape{256}, table.map)}});
  call.params.push_back({"thresholds", Table{Tensor::of(Shape{255}, table.thresholds)}});
  return std::vector{std::move(call)};
}

QuantRule rule(const NodeView&) { return {}; }

Result<std::vector<KernelCall>> lower_float(const NodeView& node, const CoreFeatures&) {
  TINYC_TRY(check_single_precision(node));
  KernelCall call = float_call(node, "tinyc_lp_pool_f32");
  append_window(call, node);
  call.params.push_back({"p", static_cast<float>(node.attributes.integer("p"))});
  append_real_clamp(call, node.attributes);
  return std::vector{std::move(call)};
}

Result<Attributes> import_p(const ImportContext& context) {
  return Attributes{{"p", TINYC_TRY(integer_attribute(context, "p", 2))}};
}

Result<std::vector<ValueId>> import_lp(ImportContext& context) {
  return import_pool(context, "lp_pool", TINYC_TRY(import_p(context)));
}

Result<std::vector<ValueId>> import_global(ImportContext& context) {
  return import_global_pool(context, "lp_pool", TINYC_TRY(import_p(context)));
}

}  // namespace

const OpDef& lp_pool() {
  static const OpDef op{.name = "lp_pool",
                        .summary = "the `p`-norm of each `kernel` window of x[N,H,W,C], per channel",
                        .onnx = {{"LpPool", import_lp}, {"GlobalLpPool", import_global}},
                        .infer = infer,
                        .eval_float = with_halves_as_floats<eval_wide>,
                        .eval_int8 = eval_int8,
                        .work = work_of_pool,
                        .quantization = rule,
                        .lower = lower,
                        .lower_float = lower_float};
  return op;
}

}  // namespace tinyc::ops
