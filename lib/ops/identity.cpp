#include <algorithm>

#include "lib/ops/elementwise.h"
#include "lib/ops/import_util.h"

namespace tinyc::ops {
namespace {

Result<std::vector<Type>> infer(const NodeView& view) {
  TINYC_TRY(check_operand_count(view, 1, 1));
  return infer_like_operand(view, Accepts::anything);
}

Status eval(const NodeView&, std::span<const Tensor* const> in, std::span<Tensor> out) {
  out[0] = *in[0];
  return {};
}

Result<std::vector<ValueId>> import_identity(ImportContext& context) {
  TINYC_TRY(check_inputs(context, 1, 1));
  return std::vector<ValueId>{context.input(0)};
}

// At inference dropout keeps everything; its mask says so.
Result<std::vector<ValueId>> import_dropout(ImportContext& context) {
  TINYC_TRY(check_inputs(context, 1, 3));
  if (context.has_input(2)) {
    const Tensor* training = context.input_constant(2);
    if (!training) return context.unsupported("training_mode is computed at run time");
    if (training->elements() != 1) return context.invalid("training_mode must be a scalar");
    if (training->to_integers().front() != 0)
      return context.unsupported("training_mode is on", "export the model for inference");
  }
  std::vector<ValueId> outputs{context.input(0)};
  if (context.output_count() > 1) {
    const Type& type = context.input_type(0);
    Tensor mask(DType::boolean, type.shape);
    std::ranges::fill(mask.mutable_data<bool>(), true);
    outputs.push_back(context.constant("mask", context.opset() < 10 ? mask.cast(type.dtype) : mask));
  }
  return outputs;
}

QuantRule rule(const NodeView&) { return {.result = QuantRule::Result::as_operand}; }
Result<std::vector<KernelCall>> lower(const NodeView&, const CoreFeatures&) { return std::vector<KernelCall>{}; }

}  // namespace

const OpDef& identity() {
  static const OpDef def{
      .name = "identity",
      .summary = "Its operand, unchanged; ONNX Identity and Dropout import to their operand without a node.",
      .onnx = {{"Identity", import_identity}, {"Dropout", import_dropout}},
      .infer = infer,
      .eval_float = eval,
      .eval_int8 = eval,
      .work = [](const NodeView&) { return Work{}; },
      .quantization = rule,
      .lower = lower,
      .is_view = true,
      .elementwise = true,
      .in_place_operand = 0,
  };
  return def;
}

}  // namespace tinyc::ops
