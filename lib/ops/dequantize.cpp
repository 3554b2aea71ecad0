#include "lib/ops/elementwise.h"
#include "lib/quant/affine.h"

namespace tinyc::ops {
namespace {

Result<std::vector<Type>> infer(const NodeView& view) {
  TINYC_TRY(check_operand_count(view, 1, 1));
  if (!view.operand(0).is_quantized())
    return view.error("TC4010", "dequantize of " + view.operand(0).to_string() + ", which is not quantized");
  return std::vector<Type>{{DType::f32, view.operand(0).shape}};
}

Status eval(const NodeView& view, std::span<const Tensor* const> in, std::span<Tensor> out) {
  out[0] = dequantize_tensor(*in[0], *view.operand(0).quantization);
  return {};
}

Result<std::vector<KernelCall>> lower(const NodeView& view, const CoreFeatures&) {
  const Type& stored = view.operand(0);
  if (stored.dtype != DType::i8 || !stored.quantization->is_per_tensor() || view.result().dtype != DType::f32)
    return view.error("TC3101", "dequantize has no kernel for " + stored.to_string());
  KernelCall call{.kernel = "tinyc_dequantize_s8_f32", .inputs = {view.operand_ids[0]}, .outputs = {view.result_ids[0]}};
  call.params = {{"count", stored.shape.elements()},
                 {"scale", stored.quantization->scale.front()},
                 {"zero_point", std::int64_t{stored.quantization->zero_point.front()}}};
  return std::vector<KernelCall>{std::move(call)};
}

}  // namespace

const OpDef& dequantize() {
  static const OpDef def{
      .name = "dequantize",
      .summary = "scale · (x - zero_point) as float32.",
      .infer = infer,
      .eval_float = eval,
      .eval_int8 = eval,
      .work = work_per_element,
      .quantization = "it is quantized already",
      .lower = lower,
      .elementwise = true,
  };
  return def;
}

}  // namespace tinyc::ops
