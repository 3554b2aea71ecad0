#include "lib/ops/elementwise.h"

namespace tinyc::ops {
namespace {

struct LogicalNot {
  static constexpr Accepts accepts = Accepts::booleans;
  explicit LogicalNot(const Attributes&) {}
  bool operator()(bool x) const { return !x; }
};

}  // namespace

const OpDef& logical_not() {
  static const OpDef def{
      .name = "logical_not",
      .summary = "Whether x is false.",
      .onnx = {{"Not", [](ImportContext& context) { return import_unary(context, "logical_not"); }}},
      .infer = infer_unary<LogicalNot>,
      .eval_float = eval_unary<LogicalNot>,
      .eval_int8 = no_integer_kernel,
      .work = work_per_element_unscaled,
      .quantization = no_integer_kernel,
      .lower = no_integer_kernel,
      .lower_float = lower_unary_float<LogicalNot>,
      .elementwise = true,
  };
  return def;
}

}  // namespace tinyc::ops
