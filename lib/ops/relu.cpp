#include "lib/ops/elementwise.h"

namespace tinyc::ops {
namespace {

struct Relu {
  static constexpr Accepts accepts = Accepts::numbers;
  explicit Relu(const Attributes&) {}
  template <class T>
  T operator()(T x) const { return x < T{0} ? T{0} : x; }
};

QuantRule rule(const NodeView&) { return {.result = QuantRule::Result::as_operand}; }

}  // namespace

const OpDef& relu() {
  static const OpDef def{
      .name = "relu",
      .summary = "max(x, 0), element by element.",
      .onnx = {{"Relu", [](ImportContext& context) { return import_unary(context, "relu"); }}},
      .infer = infer_unary<Relu>,
      .eval_float = eval_unary<Relu>,
      .eval_int8 = no_integer_kernel,
      .work = work_per_element_unscaled,
      .quantization = rule,
      .lower = no_integer_kernel,
      .elementwise = true,
      .in_place_operand = 0,
  };
  return def;
}

}  // namespace tinyc::ops
