// max_pool: the maximum of each window of x[N,H,W,C], per channel. ONNX MaxPool and GlobalMaxPool.

#include <algorithm>

#include "lib/ops/binary_int8.h"
#include "lib/ops/elementwise.h"
#include "lib/ops/float_call.h"
#include "lib/ops/gradient.h"
#include "lib/ops/movement.h"
#include "lib/ops/pool.h"
#include "lib/quant/clamp.h"

namespace tinyc::ops {
namespace {

Result<std::vector<Type>> infer(const NodeView& node) {
  auto types = TINYC_TRY(infer_pool(node, false));
  if (!accepts_dtype(Accepts::numbers, types[0].dtype)) return unsupported_dtype(node, types[0].dtype);
  types[0].quantization = node.operand(0).quantization;
  return types;
}

template <class T>
void reduce_windows(const NodeView& node, std::span<const T> x, std::span<T> y) {
  const Window2d window = checked_pool_window(node);
  const Shape& in = node.operand(0).shape;
  const std::int64_t channels = in[3];
  for_each_window(node, [&](std::int64_t pixel, std::int64_t row, std::int64_t column, std::int64_t origin) {
    T* out = y.data() + pixel * channels;
    bool first = true;
    for_each_tap(window, in, row, column, origin, [&](std::int64_t tap) {
      const T* from = x.data() + tap * channels;
      if (first) std::copy_n(from, channels, out);
      else for (std::int64_t c = 0; c < channels; ++c) out[c] = std::max(out[c], from[c]);
      first = false;
    });
  });
}

Status eval_wide(const NodeView& node, std::span<const Tensor* const> in, std::span<Tensor> out) {
  visit_dtype(in[0]->dtype(), [&]<class T>(T) {
    if constexpr (!std::is_same_v<T, bool>) reduce_windows<T>(node, in[0]->data<T>(), out[0].mutable_data<T>());
  });
  clamp_elements(node.attributes, out[0]);
  return {};
}

Status eval_int8(const NodeView& node, std::span<const Tensor* const> in, std::span<Tensor> out) {
  check_same_parameters(node);
  const auto y = out[0].mutable_data<std::int8_t>();
  reduce_windows<std::int8_t>(node, in[0]->data<std::int8_t>(), y);
  const ClampBounds bounds = clamp_bounds(node.attributes, int8_parameters(node.result()));
  for (std::int8_t& value : y) value = static_cast<std::int8_t>(bounds.apply(value));
  return {};
}

// To the first tap that is the maximum.
Status gradient(const NodeView& node, std::span<const Tensor* const> in, std::span<const Tensor* const> out,
                std::span<const Tensor* const> out_gradients, std::span<Tensor* const> in_gradients) {
  if (!in_gradients[0]) return {};
  const Tensor bounded = through_clamp(node.attributes, *out[0], *out_gradients[0]);
  const Window2d window = checked_pool_window(node);
  const Shape& shape = node.operand(0).shape;
  const std::int64_t channels = shape[3];
  const auto x = in[0]->data<float>();
  const auto to = in_gradients[0]->mutable_data<float>();
  std::vector<std::size_t> largest(static_cast<std::size_t>(channels));
  for_each_window(node, [&](std::int64_t pixel, std::int64_t row, std::int64_t column, std::int64_t origin) {
    bool first = true;
    for_each_tap(window, shape, row, column, origin, [&](std::int64_t tap) {
      for (std::size_t c = 0; c < largest.size(); ++c) {
        const std::size_t at = static_cast<std::size_t>(tap * channels) + c;
        if (first || x[at] > x[largest[c]]) largest[c] = at;
      }
      first = false;
    });
    const float* g = bounded.data<float>().data() + pixel * channels;
    for (std::size_t c = 0; c < largest.size(); ++c) to[largest[c]] += g[c];
  });
  return {};
}

Result<std::vector<KernelCall>> lower(const NodeView& node, const CoreFeatures&) {
  KernelCall call{.kernel = "tinyc_max_pool_s8", .inputs = {node.operand_ids[0]}, .outputs = {node.result_ids[0]}};
  append_window(call, node);
  append_clamp(call, node);
  return std::vector{std::move(call)};
}

Result<std::vector<KernelCall>> lower_float(const NodeView& node, const CoreFeatures&) {
  TINYC_TRY(check_single_precision(node));
  KernelCall call = float_call(node, "tinyc_max_pool_f32");
  append_window(call, node);
  append_real_clamp(call, node.attributes);
  return std::vector{std::move(call)};
}

Result<std::vector<ValueId>> import_max(ImportContext& context) { return import_pool(context, "max_pool"); }
Result<std::vector<ValueId>> import_global(ImportContext& context) { return import_global_pool(context, "max_pool"); }

}  // namespace

const OpDef& max_pool() {
  static const OpDef op{.name = "max_pool",
                        .summary = "the maximum of each `kernel` window of x[N,H,W,C], per channel",
                        .onnx = {{"MaxPool", import_max}, {"GlobalMaxPool", import_global}},
                        .infer = infer,
                        .eval_float = with_halves_as_floats<eval_wide>,
                        .eval_int8 = eval_int8,
                        .work = work_of_pool,
                        .quantization = as_operand_rule,
                        .lower = lower,
                        .gradient = gradient,
                        .lower_float = lower_float};
  return op;
}

}  // namespace tinyc::ops
