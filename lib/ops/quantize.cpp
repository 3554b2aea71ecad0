#include "lib/ops/affine_result.h"
#include "lib/ops/elementwise.h"
#include "lib/quant/affine.h"

namespace tinyc::ops {
namespace {

Result<std::vector<Type>> infer(const NodeView& view) {
  TINYC_TRY(check_operand_count(view, 1, 1));
  if (view.operand(0).dtype != DType::f32) return unsupported_dtype(view, view.operand(0).dtype);
  DType stored = DType::i8;
  if (const Attribute* type = view.attributes.find("type")) {
    const auto* text = std::get_if<std::string>(type);
    if (!text || (*text != "i8" && *text != "u8"))
      return view.error("TC4010", "quantize: the attribute 'type' must be \"i8\" or \"u8\"");
    stored = *parse_dtype(*text);
  }
  auto quantization = TINYC_TRY(affine_result(view, stored));
  return std::vector<Type>{{stored, view.operand(0).shape, std::move(quantization)}};
}

Status eval(const NodeView& view, std::span<const Tensor* const> in, std::span<Tensor> out) {
  out[0] = quantize_tensor(*in[0], view.result());
  return {};
}

Result<std::vector<KernelCall>> lower(const NodeView& view, const CoreFeatures&) {
  const Type& stored = view.result();
  if (stored.dtype != DType::i8 || !stored.quantization->is_per_tensor() || view.operand(0).dtype != DType::f32)
    return view.error("TC3101", "quantize has no kernel for " + stored.to_string());
  KernelCall call{.kernel = "tinyc_quantize_f32_s8", .inputs = {view.operand_ids[0]}, .outputs = {view.result_ids[0]}};
  call.params = {{"count", stored.shape.elements()},
                 {"scale", stored.quantization->scale.front()},
                 {"zero_point", std::int64_t{stored.quantization->zero_point.front()}}};
  call.in_place_input = 0;
  return std::vector<KernelCall>{std::move(call)};
}

}  // namespace

const OpDef& quantize() {
  static const OpDef def{
      .name = "quantize",
      .summary = "x / scale rounded half away from zero, plus zero_point, as int8, or as uint8 when type is \"u8\".",
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
