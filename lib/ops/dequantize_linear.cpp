// dequantize_linear: the reals that integers of an imported model stand for. ONNX DequantizeLinear.

#include "lib/ops/checks.h"
#include "lib/ops/elementwise.h"
#include "lib/ops/float_call.h"
#include "lib/ops/linear_quantization.h"
#include "lib/ops/typed_call.h"

namespace tinyc::ops {
namespace {

Result<std::vector<Type>> infer(const NodeView& node) {
  TINYC_TRY(check_operand_count(node, 3, 3));
  const Type &x = node.operand(0), &scale = node.operand(1), &zero_point = node.operand(2);
  if (!is_stored_type(x.dtype)) return unsupported_dtype(node, x.dtype);
  if (scale.dtype != DType::f32 || zero_point.dtype != x.dtype)
    return node.error("TC4010", "dequantize_linear of " + x.to_string() + " with parameters " + scale.to_string() +
                                    " and " + zero_point.to_string());
  if (broadcast(x.shape, scale.shape) != x.shape || broadcast(x.shape, zero_point.shape) != x.shape)
    return node.error("TC4010", "dequantize_linear: the parameters do not broadcast to " + x.shape.to_string());
  return std::vector{Type{DType::f32, x.shape}};
}

Status eval(const NodeView&, std::span<const Tensor* const> in, std::span<Tensor> out) {
  out[0] = dequantize_linear(*in[0], *in[1], *in[2]);
  return {};
}

Result<std::vector<KernelCall>> lower_float(const NodeView& node, const CoreFeatures&) {
  KernelCall call = float_call(node, "tinyc_dequantize_linear_any");
  TINYC_TRY(append_broadcast(call, node, std::array<BroadcastOperand, 3>{{{"x"}, {"scale"}, {"zero"}}}));
  append_type(call, "type", node.operand(0));
  return std::vector{std::move(call)};
}

Result<std::vector<ValueId>> import_dequantize(ImportContext& context) {
  TINYC_TRY(check_inputs(context, 2, 3));
  if (TINYC_TRY(integer_attribute(context, "block_size", 0)) != 0)
    return context.unsupported("quantization in blocks (block_size)", "quantize per tensor or per channel");
  const LinearOperands parameters{context.input(1), context.has_input(2) ? context.input(2) : ValueId{},
                                  TINYC_TRY(integer_attribute(context, "axis", 1))};
  return std::vector{TINYC_TRY(emit_dequantized(context, context.input(0), parameters))};
}

}  // namespace

const OpDef& dequantize_linear() {
  static const OpDef op{.name = "dequantize_linear",
                        .summary = "scale * (x - zero_point) as float32, the parameters of an imported model broadcast",
                        .onnx = {{"DequantizeLinear", import_dequantize},
                                 {"DequantizeLinear", import_dequantize, "com.microsoft"}},
                        .infer = infer,
                        .eval_float = eval,
                        .eval_int8 = not_adopted,
                        .work = work_per_element,
                        .quantization = not_adopted,
                        .lower = not_adopted,
                        .lower_float = lower_float,
                        .elementwise = true};
  return op;
}

}  // namespace tinyc::ops
