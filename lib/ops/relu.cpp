#include "lib/ops/elementwise.h"
#include "lib/ops/float_call.h"
#include "lib/ops/gradient.h"
#include "lib/ops/rescale.h"

namespace tinyc::ops {
namespace {

struct Relu {
  static constexpr Accepts accepts = Accepts::numbers;
  explicit Relu(const Attributes&) {}
  template <class T>
  T operator()(T x) const { return x < T{0} ? T{0} : x; }
};

// x >= 0, in the result's parameters.
ClampBounds bounds(const NodeView& view) { return clamp_bounds({{"clamp_low", 0.0}}, int8_parameters(view.result())); }

Status eval_int8(const NodeView& view, std::span<const Tensor* const> in, std::span<Tensor> out) {
  return eval_rescaled(view, bounds(view), in, out);
}

Result<std::vector<KernelCall>> lower(const NodeView& view, const CoreFeatures&) {
  return lower_rescaled(view, bounds(view));
}

Result<std::vector<KernelCall>> lower_float(const NodeView& view, const CoreFeatures&) {
  if (!is_float(view.operand(0).dtype)) return lower_unary(view, {});
  return lower_real_clip(view, {{"clamp_low", 0.0}});
}

QuantRule rule(const NodeView&) { return {.result = QuantRule::Result::as_operand}; }

}  // namespace

const OpDef& relu() {
  static const OpDef def{
      .name = "relu",
      .summary = "max(x, 0), element by element.",
      .onnx = {{"Relu", [](ImportContext& context) { return import_unary(context, "relu"); }}},
      .infer = infer_unary<Relu>,
      .eval_float = eval_unary<Relu>,
      .eval_int8 = eval_int8,
      .work = work_per_element_unscaled,
      .quantization = rule,
      .lower = lower,
      .gradient = unary_gradient<SlopeOf<[](double x, double) { return 0 < x ? 1.0 : 0.0; }>>,
      .lower_float = lower_float,
      .elementwise = true,
      .in_place_operand = 0,
  };
  return def;
}

}  // namespace tinyc::ops
