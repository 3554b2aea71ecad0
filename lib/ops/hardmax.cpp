#include <algorithm>

#include "lib/ops/along_axis.h"

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
  };
  return def;
}

}  // namespace tinyc::ops
