// ONNX Dropout: at inference it is its operand; the mask, where asked for, keeps everything.

#include "lib/ops/import_util.h"
#include "lib/ops/movement.h"

namespace tinyc::ops {
namespace {

Result<bool> drops(ImportContext& context) {
  if (context.opset() < 12 || !context.has_input(2)) return false;
  const Tensor* training = context.input_constant(2);
  if (!training) return context.unsupported("training_mode is computed at run time", "export the model for inference");
  if (training->to_integers() == std::vector<std::int64_t>{0}) return false;
  if (!context.has_input(1)) return true;  // the default ratio is 1/2
  const Tensor* ratio = context.input_constant(1);
  return !ratio || ratio->to_doubles() != std::vector<double>{0};
}

Result<std::vector<ValueId>> import_dropout(ImportContext& context) {
  TINYC_TRY(check_inputs(context, 1, context.opset() < 12 ? 1 : 3));
  if (TINYC_TRY(drops(context))) return context.unsupported("training mode", "export the model for inference");
  std::vector<ValueId> outputs{context.input(0)};
  if (context.output_count() > 1) {
    Tensor mask(context.opset() < 10 ? context.input_type(0).dtype : DType::boolean, context.input_type(0).shape);
    fill(mask, 1);
    outputs.push_back(context.constant("mask", std::move(mask)));
  }
  return outputs;
}

}  // namespace

const std::vector<OnnxImport>& dropout() {
  static const std::vector<OnnxImport> imports{{"Dropout", import_dropout}};
  return imports;
}

}  // namespace tinyc::ops
