#include <limits>

#include "lib/ops/elementwise.h"
#include "lib/ops/float_call.h"
#include "lib/ops/gradient.h"
#include "lib/ops/import_util.h"
#include "lib/ops/rescale.h"

namespace tinyc::ops {
namespace {

Result<std::vector<Type>> infer(const NodeView& view) {
  TINYC_TRY(check_operand_count(view, 1, 1));
  TINYC_TRY(check_clamp(view));
  return infer_like_operand(view, Accepts::numbers);
}

Status eval_wide(const NodeView& view, std::span<const Tensor* const> in, std::span<Tensor> out) {
  out[0] = *in[0];
  clamp_elements(view.attributes, out[0]);
  return {};
}

Status gradient(const NodeView& node, std::span<const Tensor* const> in, std::span<const Tensor* const> out,
                std::span<const Tensor* const> out_gradients, std::span<Tensor* const> in_gradients) {
  const Tensor bounded = through_clamp(node.attributes, *out[0], *out_gradients[0]);
  const std::array<const Tensor*, 1> passed{&bounded};
  return view_gradient(node, in, out, passed, in_gradients);
}

ClampBounds bounds(const NodeView& view) { return clamp_bounds(view.attributes, int8_parameters(view.result())); }

Status eval_int8(const NodeView& view, std::span<const Tensor* const> in, std::span<Tensor> out) {
  return eval_rescaled(view, bounds(view), in, out);
}

Result<std::vector<KernelCall>> lower(const NodeView& view, const CoreFeatures&) {
  return lower_rescaled(view, bounds(view));
}

Result<std::vector<KernelCall>> lower_float(const NodeView& view, const CoreFeatures&) {
  if (!is_float(view.operand(0).dtype)) return std::vector{integer_clip_call(view, view.operand_ids[0])};
  return lower_real_clip(view, view.attributes);
}

QuantRule rule(const NodeView&) { return {.result = QuantRule::Result::as_operand}; }

// A constant bound becomes an attribute; one that is computed, or that a real number does not hold, becomes
// the operator `op`.
Result<ValueId> bound(ImportContext& context, ValueId x, int input, std::string_view op, std::string_view attribute,
                      Attributes& attributes) {
  if (!context.has_input(input)) return x;
  constexpr std::int64_t exact = std::int64_t{1} << 53;
  if (const Tensor* constant = context.input_constant(input)) {
    if (constant->elements() != 1) return context.invalid("the bounds must be scalars");
    const std::int64_t integer = constant->to_integers().front();
    if (is_float(constant->dtype()) || (integer <= exact && integer >= -exact)) {
      attributes.set(std::string(attribute), constant->to_doubles().front());
      return x;
    }
  }
  return context.emit(op, {x, context.input(input)}, {}, attribute);
}

Result<std::vector<ValueId>> import_clip(ImportContext& context) {
  TINYC_TRY(check_inputs(context, 1, context.opset() < 11 ? 1 : 3));
  Attributes attributes;
  ValueId x = context.input(0);
  if (context.opset() < 11) {
    constexpr double unbounded = std::numeric_limits<float>::max();
    const double low = TINYC_TRY(real_attribute(context, "min", -unbounded));
    const double high = TINYC_TRY(real_attribute(context, "max", unbounded));
    if (low > -unbounded) attributes.set("clamp_low", low);
    if (high < unbounded) attributes.set("clamp_high", high);
  } else {
    x = TINYC_TRY(bound(context, x, 1, "max", "clamp_low", attributes));
    x = TINYC_TRY(bound(context, x, 2, "min", "clamp_high", attributes));
  }
  // Bounds in the wrong order make everything the upper one, as min(max(x, low), high) does.
  if (attributes.has("clamp_low") && attributes.has("clamp_high") &&
      attributes.real("clamp_low") > attributes.real("clamp_high"))
    attributes.set("clamp_low", attributes.real("clamp_high"));
  if (attributes.empty() && x != context.input(0)) return std::vector<ValueId>{x};
  return std::vector<ValueId>{TINYC_TRY(context.emit("clip", {x}, std::move(attributes)))};
}

}  // namespace

const OpDef& clip() {
  static const OpDef def{
      .name = "clip",
      .summary = "x bounded by the real attributes clamp_low and clamp_high; absent ones bound nothing.",
      .onnx = {{"Clip", import_clip}},
      .infer = infer,
      .eval_float = with_halves_as_floats<eval_wide>,
      .eval_int8 = eval_int8,
      .work = work_per_element_unscaled,
      .quantization = rule,
      .lower = lower,
      .gradient = gradient,
      .lower_float = lower_float,
      .elementwise = true,
      .in_place_operand = 0,
  };
  return def;
}

}  // namespace tinyc::ops
