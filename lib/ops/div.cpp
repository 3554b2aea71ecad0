#include <algorithm>
#include <cstdlib>

#include "lib/ops/binary_int8.h"
#include "lib/ops/elementwise.h"
#include "lib/quant/clamp.h"
#include "lib/quant/requantize.h"

namespace tinyc::ops {
namespace {

struct Div {
  static constexpr Accepts accepts = Accepts::numbers;
  explicit Div(const Attributes&) {}
  // Integers truncate; a division by zero, which ONNX leaves undefined, gives 0.
  template <class T>
  T operator()(T x, T y) const {
    if constexpr (std::is_floating_point_v<T>) return x / y;
    else if constexpr (std::is_signed_v<T>) return y == 0 ? T{0} : y == -1 ? negated(x) : static_cast<T>(x / y);
    else return y == 0 ? T{0} : static_cast<T>(x / y);
  }
};

// What (a - za) is requantized by for each stored b, from -128 on: sa / (sb * sy * |b - zb|). A divisor of 0 is taken
// for one of 1 step; the sign of b - zb is the caller's.
std::vector<Requantizer> requantizers(const NodeView& view) {
  const auto scale = [](const Type& type) { return static_cast<double>(int8_parameters(type).scale.front()); };
  const double ratio = scale(view.operand(0)) / (scale(view.operand(1)) * scale(view.result()));
  const std::int32_t zero_b = int8_parameters(view.operand(1)).zero_point.front();
  std::vector<double> ratios;
  for (std::int32_t b = -128; b < 128; ++b)
    ratios.push_back(std::min(ratio / std::max(std::abs(b - zero_b), 1), saturating_ratio));
  return make_requantizers(ratios);
}

Status eval_int8(const NodeView& view, std::span<const Tensor* const> in, std::span<Tensor> out) {
  const std::vector<Requantizer> by = requantizers(view);
  const std::int32_t zero_a = int8_parameters(view.operand(0)).zero_point.front();
  const std::int32_t zero_b = int8_parameters(view.operand(1)).zero_point.front();
  const std::int32_t zero_point = int8_parameters(view.result()).zero_point.front();
  const ClampBounds bounds = clamp_bounds(view.attributes, int8_parameters(view.result()));
  apply_int8(view.result().shape, *in[0], *in[1], out[0], [&](std::int32_t a, std::int32_t b) {
    const std::int32_t dividend = b < zero_b ? zero_a - a : a - zero_a;
    return bounds.apply(requantize(dividend, by[static_cast<std::size_t>(b + 128)], zero_point));
  });
  return {};
}

Result<std::vector<KernelCall>> lower(const NodeView& view, const CoreFeatures&) {
  const std::vector<Requantizer> by = requantizers(view);
  const ClampBounds bounds = clamp_bounds(view.attributes, int8_parameters(view.result()));
  std::vector<std::int32_t> multipliers;
  for (const Requantizer& each : by) multipliers.push_back(each.multiplier);
  return make_ordered_call(view, "tinyc_div",
                           {{"a_zero_point", int8_parameters(view.operand(0)).zero_point.front()},
                            {"b_zero_point", int8_parameters(view.operand(1)).zero_point.front()},
                            {"multiplier", Table{Tensor::of(Shape{256}, multipliers)}},
                            {"left_shift", by.front().left_shift},
                            {"zero_point", int8_parameters(view.result()).zero_point.front()},
                            {"clamp_low", bounds.low},
                            {"clamp_high", bounds.high}});
}

}  // namespace

const OpDef& div() {
  static const OpDef def = [] {
    OpDef op = binary<Div>("div", "a / b with NumPy broadcasting.",
                           {{"Div", [](ImportContext& context) { return import_binary(context, "div"); }}});
    op.eval_int8 = eval_int8;
    op.lower = lower;
    op.in_place_operand = 0;
    return op;
  }();
  return def;
}

}  // namespace tinyc::ops
