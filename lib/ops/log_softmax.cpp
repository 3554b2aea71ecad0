#include <algorithm>

#include "lib/ops/along_axis.h"

namespace tinyc::ops {
namespace {

struct LogSoftmax {
  void operator()(std::vector<double>& x) const {
    const double largest = x.empty() ? 0 : *std::ranges::max_element(x);
    double sum = 0;
    for (const double value : x) sum += std::exp(value - largest);
    for (double& value : x) value -= largest + std::log(sum);
  }
};

Result<std::vector<Type>> infer(const NodeView& view) { return infer_along_axis(view, Accepts::reals); }

Result<std::vector<KernelCall>> lower_float(const NodeView& view, const CoreFeatures&) {
  return lower_float_along_axis(view, "tinyc_log_softmax_f32");
}

}  // namespace

const OpDef& log_softmax() {
  static const OpDef def{
      .name = "log_softmax",
      .summary = "The logarithm of the softmax along the attribute axis.",
      .onnx = {{"LogSoftmax", [](ImportContext& context) { return import_along_axis(context, "log_softmax"); }}},
      .infer = infer,
      .eval_float = eval_along_axis<LogSoftmax>,
      .eval_int8 = no_integer_kernel,
      .work = work_along_axis,
      .quantization = no_integer_kernel,
      .lower = no_integer_kernel,
      .lower_float = lower_float,
      .in_place_operand = 0,
  };
  return def;
}

}  // namespace tinyc::ops
