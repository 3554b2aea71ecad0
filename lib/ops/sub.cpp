#include "lib/ops/add_int8.h"
#include "lib/ops/elementwise.h"
#include "lib/ops/gradient.h"

namespace tinyc::ops {
namespace {

struct Sub {
  static constexpr Accepts accepts = Accepts::numbers;
  explicit Sub(const Attributes&) {}
  template <class T>
  T operator()(T x, T y) const {
    if constexpr (std::is_integral_v<T>) return wrapping(x, y, [](auto a, auto b) { return a - b; });
    else return x - y;
  }
};

Result<std::vector<Type>> infer(const NodeView& view) { return infer_broadcast(view, Accepts::numbers, 2, 2); }

Status eval_int8(const NodeView& view, std::span<const Tensor* const> in, std::span<Tensor> out) {
  return eval_sum_int8(view, -1, in, out);
}

Status gradient(const NodeView& node, std::span<const Tensor* const> in, std::span<const Tensor* const> out,
                std::span<const Tensor* const> out_gradients, std::span<Tensor* const> in_gradients) {
  return binary_gradient(node, in, out, out_gradients, in_gradients, [](float, float) { return 1.0f; }, [](float, float) { return -1.0f; });
}

Result<std::vector<KernelCall>> lower(const NodeView& view, const CoreFeatures&) { return lower_sum(view, -1); }

// With a constant number it is a function of one operand: a table rounds once.
QuantRule rule(const NodeView& view) { return {.table = is_unary_by_constant(view)}; }

}  // namespace

const OpDef& sub() {
  static const OpDef def{
      .name = "sub",
      .summary = "a - b with NumPy broadcasting, bounded by the optional attributes clamp_low and clamp_high.",
      .onnx = {{"Sub", [](ImportContext& context) { return import_binary(context, "sub"); }}},
      .infer = infer,
      .eval_float = eval_binary<Sub>,
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
