#include "lib/ops/add_int8.h"

#include <utility>

#include "lib/ops/binary_int8.h"
#include "lib/quant/add_params.h"
#include "lib/quant/clamp.h"

namespace tinyc::ops {
namespace {

AddParams add_params(const NodeView& view, int sign_b) {
  return make_add_params(int8_parameters(view.operand(0)), int8_parameters(view.operand(1)),
                         int8_parameters(view.result()), sign_b);
}

}  // namespace

Status eval_sum_int8(const NodeView& view, int sign_b, std::span<const Tensor* const> in, std::span<Tensor> out) {
  const AddParams params = add_params(view, sign_b);
  const ClampBounds bounds = clamp_bounds(view.attributes, *view.result().quantization);
  apply_int8(view.result().shape, *in[0], *in[1], out[0],
             [&](std::int32_t a, std::int32_t b) { return bounds.apply(params(a, b)); });
  return {};
}

Result<std::vector<KernelCall>> lower_sum(const NodeView& view, int sign_b) {
  AddParams params = add_params(view, sign_b);
  const ClampBounds bounds = clamp_bounds(view.attributes, *view.result().quantization);
  BinaryCall binary = TINYC_TRY(make_binary_call(view, "tinyc_add"));
  if (binary.first == 1) std::swap(params.multiplier_a, params.multiplier_b);
  append(binary.call, "multiplier_a", params.multiplier_a);
  append(binary.call, "multiplier_b", params.multiplier_b);
  append(binary.call, "offset", params.offset);
  append(binary.call, "shift", params.shift);
  append(binary.call, "clamp_low", bounds.low);
  append(binary.call, "clamp_high", bounds.high);
  return finish_binary_call(view, std::move(binary));
}

}  // namespace tinyc::ops
