// ONNX LpNormalization: x over its norm along an axis.

#include "lib/ops/import_util.h"

namespace tinyc::ops {
namespace {

Result<std::vector<ValueId>> import_lp_normalization(ImportContext& context) {
  TINYC_TRY(check_inputs(context, 1, 1));
  const std::int64_t named = TINYC_TRY(integer_attribute(context, "axis", -1));
  const std::int64_t axis = TINYC_TRY(checked_axis(context, named, context.input_type(0).shape.rank()));
  const std::int64_t p = TINYC_TRY(integer_attribute(context, "p", 2));
  if (p != 1 && p != 2) return context.invalid("p is " + std::to_string(p) + ", not 1 or 2");
  const ValueId norm =
      TINYC_TRY(context.emit(p == 1 ? "reduce_l1" : "reduce_l2", {context.input(0)},
                             {{"axes", std::vector<std::int64_t>{axis}}, {"keepdims", std::int64_t{1}}}, "norm"));
  return context.emit_all("div", {context.input(0), norm});
}

}  // namespace

const std::vector<OnnxImport>& lp_normalization() {
  static const std::vector<OnnxImport> imports{{"LpNormalization", import_lp_normalization}};
  return imports;
}

}  // namespace tinyc::ops
