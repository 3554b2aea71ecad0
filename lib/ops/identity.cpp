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

QuantRule rule(const NodeView&) { return {.result = QuantRule::Result::as_operand}; }
Result<std::vector<KernelCall>> lower(const NodeView&, const CoreFeatures&) { return std::vector<KernelCall>{}; }

}  // namespace

const OpDef& identity() {
  static const OpDef def{
      .name = "identity",
      .summary = "Its operand, unchanged; ONNX Identity imports to its operand without a node.",
      .onnx = {{"Identity", import_identity}},
      .infer = infer,
      .eval_float = eval,
      .eval_int8 = eval,
      .work = [](const NodeView&) { return Work{}; },
      .quantization = rule,
      .lower = lower,
      .lower_float = lower,
      .is_view = true,
      .elementwise = true,
      .in_place_operand = 0,
  };
  return def;
}

}  // namespace tinyc::ops
