#include "lib/ops/rescale.h"

#include <algorithm>

#include "lib/quant/requantize.h"

namespace tinyc::ops {
namespace {

Requantizer requantizer(const Quantization& from, const Quantization& to) {
  const double ratio = static_cast<double>(from.scale.front()) / static_cast<double>(to.scale.front());
  return make_requantizer(std::min(ratio, saturating_ratio));
}

}  // namespace

Status eval_rescaled(const NodeView& view, ClampBounds bounds, std::span<const Tensor* const> in, std::span<Tensor> out) {
  const Quantization& from = int8_parameters(view.operand(0));
  const Quantization& to = int8_parameters(view.result());
  const Requantizer r = requantizer(from, to);
  const auto x = in[0]->data<std::int8_t>();
  const auto y = out[0].mutable_data<std::int8_t>();
  for (std::size_t i = 0; i < x.size(); ++i) {
    const std::int32_t value =
        from == to ? x[i] : requantize(x[i] - from.zero_point.front(), r, to.zero_point.front());
    y[i] = static_cast<std::int8_t>(bounds.apply(value));
  }
  return {};
}

Result<std::vector<KernelCall>> lower_rescaled(const NodeView& view, ClampBounds bounds) {
  const Quantization& from = int8_parameters(view.operand(0));
  const Quantization& to = int8_parameters(view.result());
  KernelCall call{.inputs = {view.operand_ids[0]}, .outputs = {view.result_ids[0]}};
  append(call, "count", view.result().shape.elements());
  if (from == to) {
    call.kernel = "tinyc_clip_s8";
  } else {
    const Requantizer r = requantizer(from, to);
    call.kernel = "tinyc_requantize_s8";
    append(call, "input_zero_point", from.zero_point.front());
    append(call, "multiplier", r.multiplier);
    append(call, "left_shift", r.left_shift);
    append(call, "zero_point", to.zero_point.front());
  }
  append(call, "clamp_low", bounds.low);
  append(call, "clamp_high", bounds.high);
  return std::vector<KernelCall>{std::move(call)};
}

}  // namespace tinyc::ops
