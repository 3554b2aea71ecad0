#include <algorithm>
#include <array>

#include "lib/ops/binary_int8.h"
#include "lib/ops/elementwise.h"
#include "lib/ops/import_util.h"
#include "lib/quant/clamp.h"
#include "lib/quant/requantize.h"

namespace tinyc::ops {
namespace {

struct Prelu {
  static constexpr Accepts accepts = Accepts::numbers;
  explicit Prelu(const Attributes&) {}
  template <class T>
  T operator()(T x, T slope) const {
    if constexpr (std::is_integral_v<T>) return x < T{0} ? wrapping(x, slope, [](auto a, auto b) { return a * b; }) : x;
    else return x < T{0} ? slope * x : x;
  }
};

// Before opset 7 a vector of slopes is per channel, the second axis.
Result<std::vector<ValueId>> import_prelu(ImportContext& context) {
  TINYC_TRY(check_inputs(context, 2, 2));
  ValueId slope = context.input(1);
  const Shape shape = context.input_type(1).shape;
  const int rank = context.input_type(0).shape.rank();
  if (context.opset() < 7 && shape.rank() == 1 && rank > 2) {
    std::vector<std::int64_t> sizes(static_cast<std::size_t>(rank - 1), 1);
    sizes[0] = shape[0];
    slope = TINYC_TRY(context.emit("reshape", {slope}, {{"shape", sizes}}, "slope"));
  }
  return std::vector<ValueId>{TINYC_TRY(context.emit("prelu", {context.input(0), slope}))};
}

// Of x - zx where it is positive; of (x - zx) * (slope - zs) elsewhere. |product| <= 255^2, which saturating_ratio
// admits.
std::vector<Requantizer> requantizers(const NodeView& view) {
  const auto scale = [](const Type& type) { return static_cast<double>(int8_parameters(type).scale.front()); };
  const double above = scale(view.operand(0)) / scale(view.result()), below = above * scale(view.operand(1));
  return make_requantizers(std::array{std::min(above, saturating_ratio), std::min(below, saturating_ratio)});
}

Status eval_int8(const NodeView& view, std::span<const Tensor* const> in, std::span<Tensor> out) {
  const std::vector<Requantizer> by = requantizers(view);
  const std::int32_t zero_x = int8_parameters(view.operand(0)).zero_point.front();
  const std::int32_t zero_slope = int8_parameters(view.operand(1)).zero_point.front();
  const std::int32_t zero_point = int8_parameters(view.result()).zero_point.front();
  const ClampBounds bounds = clamp_bounds(view.attributes, int8_parameters(view.result()));
  apply_int8(view.result().shape, *in[0], *in[1], out[0], [&](std::int32_t x, std::int32_t slope) {
    return bounds.apply(x >= zero_x ? requantize(x - zero_x, by[0], zero_point)
                                    : requantize((x - zero_x) * (slope - zero_slope), by[1], zero_point));
  });
  return {};
}

Result<std::vector<KernelCall>> lower(const NodeView& view, const CoreFeatures&) {
  const std::vector<Requantizer> by = requantizers(view);
  const ClampBounds bounds = clamp_bounds(view.attributes, int8_parameters(view.result()));
  return make_ordered_call(view, "tinyc_prelu",
                           {{"x_zero_point", int8_parameters(view.operand(0)).zero_point.front()},
                            {"slope_zero_point", int8_parameters(view.operand(1)).zero_point.front()},
                            {"multiplier_above", by[0].multiplier},
                            {"multiplier_below", by[1].multiplier},
                            {"left_shift", by[0].left_shift},
                            {"zero_point", int8_parameters(view.result()).zero_point.front()},
                            {"clamp_low", bounds.low},
                            {"clamp_high", bounds.high}});
}

}  // namespace

const OpDef& prelu() {
  static const OpDef def = [] {
    OpDef op =
        binary<Prelu>("prelu", "x where x >= 0, slope·x elsewhere; the slope broadcasts.", {{"PRelu", import_prelu}});
    op.eval_int8 = eval_int8;
    op.lower = lower;
    op.in_place_operand = 0;
    return op;
  }();
  return def;
}

}  // namespace tinyc::ops
