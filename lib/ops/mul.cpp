#include "lib/ops/elementwise.h"

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

QuantRule rule(const NodeView&) { return {}; }

}  // namespace

const OpDef& mul() {
  static const OpDef def{
      .name = "mul",
      .summary = "a · b with NumPy broadcasting, bounded by the optional attributes clamp_low and clamp_high.",
      .onnx = {{"Mul", [](ImportContext& context) { return import_binary(context, "mul"); }}},
      .infer = infer,
      .eval_float = eval_binary<Mul>,
      .eval_int8 = no_integer_kernel,
      .work = work_per_element,
      .quantization = rule,
      .lower = no_integer_kernel,
      .elementwise = true,
  };
  return def;
}

}  // namespace tinyc::ops
