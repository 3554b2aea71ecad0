#include <algorithm>

#include "lib/ops/along_axis.h"
#include "lib/ops/float_call.h"
#include "lib/ops/typed_call.h"

namespace tinyc::ops {
namespace {

struct Hardmax {
  void operator()(std::vector<double>& x) const {
    if (x.empty()) return;
    const auto first = std::ranges::max_element(x) - x.begin();
    std::ranges::fill(x, 0);
    x[static_cast<std::size_t>(first)] = 1;
  }
};

Result<std::vector<Type>> infer(const NodeView& view) { return infer_along_axis(view, Accepts::reals); }

Result<std::vector<KernelCall>> lower_float(const NodeView& view, const CoreFeatures&) {
  TINYC_TRY(check_single_precision(view));
  KernelCall call = float_call(view, "tinyc_hardmax_f32");
  append_axis_view(call, view);
  return std::vector{std::move(call)};
}

}  // namespace

const OpDef& hardmax() {
  static const OpDef def{
      .name = "hardmax",
      .summary = "1 at the first maximum along the attribute axis, 0 elsewhere.",
      .onnx = {{"Hardmax", [](ImportContext& context) { return import_along_axis(context, "hardmax"); }}},
      .infer = infer,
      .eval_float = eval_along_axis<Hardmax>,
      .eval_int8 = no_integer_kernel,
      .work = work_along_axis,
      .quantization = no_integer_kernel,
      .lower = no_integer_kernel,
      .lower_float = lower_float,
  };
  return def;
}

}  // namespace tinyc::ops
