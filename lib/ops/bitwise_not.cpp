#include "lib/ops/elementwise.h"

namespace tinyc::ops {
namespace {

struct BitwiseNot {
  static constexpr Accepts accepts = Accepts::integers;
  explicit BitwiseNot(const Attributes&) {}
  template <class T>
  T operator()(T x) const { return static_cast<T>(~x); }
};

}  // namespace

const OpDef& bitwise_not() {
  static const OpDef def{
      .name = "bitwise_not",
      .summary = "The bits that x has not.",
      .onnx = {{"BitwiseNot", [](ImportContext& context) { return import_unary(context, "bitwise_not"); }}},
      .infer = infer_unary<BitwiseNot>,
      .eval_float = eval_unary<BitwiseNot>,
      .eval_int8 = no_integer_kernel,
      .work = work_per_element_unscaled,
      .quantization = no_integer_kernel,
      .lower = no_integer_kernel,
      .lower_float = lower_unary_float<BitwiseNot>,
      .elementwise = true,
  };
  return def;
}

}  // namespace tinyc::ops
