// quantize_linear: the integers by which an imported model stands for reals. ONNX QuantizeLinear.

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
  if (x.dtype != DType::f32) return unsupported_dtype(node, x.dtype);
  if (scale.dtype != DType::f32 || !is_stored_type(zero_point.dtype))
    return node.error("TC4010",
                      "quantize_linear with parameters " + scale.to_string() + " and " + zero_point.to_string());
  if (broadcast(x.shape, scale.shape) != x.shape || broadcast(x.shape, zero_point.shape) != x.shape)
    return node.error("TC4010", "quantize_linear: the parameters do not broadcast to " + x.shape.to_string());
  return std::vector{Type{zero_point.dtype, x.shape}};
}

Status eval(const NodeView&, std::span<const Tensor* const> in, std::span<Tensor> out) {
  out[0] = quantize_linear(*in[0], *in[1], *in[2]);
  return {};
}

Result<std::vector<KernelCall>> lower_float(const NodeView& node, const CoreFeatures&) {
  KernelCall call = float_call(node, "tinyc_quantize_linear_any");
  TINYC_TRY(append_broadcast(call, node, std::array<BroadcastOperand, 3>{{{"x"}, {"scale"}, {"zero"}}}));
  append_type(call, "type", node.result());
  const double infinity = std::numeric_limits<double>::infinity();
  const DType dtype = node.result().dtype;
  const auto limit = [&](double value) { return Tensor::scalar(value).cast(dtype).to_integers().front(); };
  append_table(call, "limits", {limit(-infinity), limit(infinity)}, DType::i64);
  return std::vector{std::move(call)};
}

Result<std::vector<ValueId>> import_quantize(ImportContext& context) {
  TINYC_TRY(check_inputs(context, 2, 3));
  if (TINYC_TRY(integer_attribute(context, "block_size", 0)) != 0)
    return context.unsupported("quantization in blocks (block_size)", "quantize per tensor or per channel");
  const LinearOperands parameters{context.input(1), context.has_input(2) ? context.input(2) : ValueId{},
                                  TINYC_TRY(integer_attribute(context, "axis", 1))};
  const std::int64_t type = TINYC_TRY(integer_attribute(context, "output_dtype", 0));
  const DType stored = type == 0 ? DType::u8 : TINYC_TRY(checked_dtype(context, type));
  return std::vector{TINYC_TRY(emit_quantized(context, context.input(0), parameters, stored))};
}

}  // namespace

const OpDef& quantize_linear() {
  static const OpDef op{
      .name = "quantize_linear",
      .summary =
          "x / scale rounded half to even, plus zero_point, saturated to zero_point's type; the "
          "parameters of an imported model broadcast",
      .onnx = {{"QuantizeLinear", import_quantize}, {"QuantizeLinear", import_quantize, "com.microsoft"}},
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
