#include <algorithm>

#include "lib/ops/binary_int8.h"
#include "lib/ops/elementwise.h"
#include "lib/ops/gradient.h"
#include "lib/quant/clamp.h"
#include "lib/quant/requantize.h"

namespace tinyc::ops {
namespace {

struct Mul {
  static constexpr Accepts accepts = Accepts::numbers;
  explicit Mul(const Attributes&) {}
  template <class T>
  T operator()(T x, T y) const {
    if constexpr (std::is_integral_v<T>) return wrapping(x, y, [](auto a, auto b) { return a * b; });
    else return x * y;
  }
};

Result<std::vector<Type>> infer(const NodeView& view) { return infer_broadcast(view, Accepts::numbers, 2, 2); }

// |(a - za) * (b - zb)| <= 255^2: below 2^31 when shifted left for a ratio up to this one.
Requantizer requantizer(const NodeView& view) {
  const auto scale = [](const Type& type) { return static_cast<double>(int8_parameters(type).scale.front()); };
  const double ratio = scale(view.operand(0)) * scale(view.operand(1)) / scale(view.result());
  return make_requantizer(std::min(ratio, saturating_ratio));
}

Status eval_int8(const NodeView& view, std::span<const Tensor* const> in, std::span<Tensor> out) {
  const Requantizer r = requantizer(view);
  const std::int32_t zero_a = int8_parameters(view.operand(0)).zero_point.front();
  const std::int32_t zero_b = int8_parameters(view.operand(1)).zero_point.front();
  const std::int32_t zero_point = int8_parameters(view.result()).zero_point.front();
  const ClampBounds bounds = clamp_bounds(view.attributes, *view.result().quantization);
  apply_int8(view.result().shape, *in[0], *in[1], out[0], [&](std::int32_t a, std::int32_t b) {
    return bounds.apply(requantize((a - zero_a) * (b - zero_b), r, zero_point));
  });
  return {};
}

Status gradient(const NodeView& node, std::span<const Tensor* const> in, std::span<const Tensor* const> out,
                std::span<const Tensor* const> out_gradients, std::span<Tensor* const> in_gradients) {
  return binary_gradient(node, in, out, out_gradients, in_gradients, [](float, float b) { return b; }, [](float a, float) { return a; });
}

Result<std::vector<KernelCall>> lower(const NodeView& view, const CoreFeatures&) {
  const Requantizer r = requantizer(view);
  const ClampBounds bounds = clamp_bounds(view.attributes, *view.result().quantization);
  BinaryCall binary = TINYC_TRY(make_binary_call(view, "tinyc_mul"));
  append(binary.call, "a_zero_point", view.operand(binary.first).quantization->zero_point.front());
  append(binary.call, "b_zero_point", view.operand(binary.second).quantization->zero_point.front());
  append(binary.call, "multiplier", r.multiplier);
  append(binary.call, "left_shift", r.left_shift);
  append(binary.call, "zero_point", view.result().quantization->zero_point.front());
  append(binary.call, "clamp_low", bounds.low);
  append(binary.call, "clamp_high", bounds.high);
  return finish_binary_call(view, std::move(binary));
}

// With a constant number it is a function of one operand: a table rounds once.
QuantRule rule(const NodeView& view) { return {.table = is_unary_by_constant(view)}; }

}  // namespace

const OpDef& mul() {
  static const OpDef def{
      .name = "mul",
      .summary = "a · b with NumPy broadcasting, bounded by the optional attributes clamp_low and clamp_high.",
      .onnx = {{"Mul", [](ImportContext& context) { return import_binary(context, "mul"); }}},
      .infer = infer,
      .eval_float = eval_binary<Mul>,
      .eval_int8 = eval_int8,
      .work = work_per_element,
      .quantization = rule,
      .lower = lower,
      .gradient = gradient,
      .lower_float = lower_binary_float,
      .elementwise = true,
      .in_place_operand = 0,
  };
  return def;
}

}  // namespace tinyc::ops
