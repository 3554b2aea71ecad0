// ONNX Sum and Mean: chains of add, the latter divided by the number of operands.

#include "lib/ops/elementwise.h"

namespace tinyc::ops {
namespace {

Result<std::vector<ValueId>> import_sum(ImportContext& context) {
  return std::vector<ValueId>{TINYC_TRY(import_chain(context, "add"))};
}

Result<std::vector<ValueId>> import_mean(ImportContext& context) {
  const ValueId sum = TINYC_TRY(import_chain(context, "add"));
  if (context.input_count() == 1) return std::vector<ValueId>{sum};
  const Tensor count = Tensor::scalar(static_cast<double>(context.input_count())).cast(context.value(sum).type().dtype);
  return std::vector<ValueId>{TINYC_TRY(context.emit("div", {sum, context.constant("count", count)}))};
}

}  // namespace

const std::vector<OnnxImport>& sum() {
  static const std::vector<OnnxImport> imports{{"Sum", import_sum}, {"Mean", import_mean}};
  return imports;
}

}  // namespace tinyc::ops
