#include "lib/ops/affine_result.h"
#include "lib/ops/elementwise.h"
#include "lib/ops/rescale.h"

namespace tinyc::ops {
namespace {

Result<std::vector<Type>> infer(const NodeView& view) {
  TINYC_TRY(check_operand_count(view, 1, 1));
  const Type& type = view.operand(0);
  if (type.dtype != DType::i8 || !type.quantization || !type.quantization->is_per_tensor())
    return view.error("TC4010", "requantize of " + type.to_string() + ", which is not int8 with one scale");
  auto quantization = TINYC_TRY(affine_result(view, DType::i8));
  return std::vector<Type>{{DType::i8, type.shape, std::move(quantization)}};
}

Status eval_int8(const NodeView& view, std::span<const Tensor* const> in, std::span<Tensor> out) {
  return eval_rescaled(view, {}, in, out);
}

Result<std::vector<KernelCall>> lower(const NodeView& view, const CoreFeatures&) { return lower_rescaled(view, {}); }

}  // namespace

const OpDef& requantize() {
  static const OpDef def{
      .name = "requantize",
      .summary = "The same real values stored with other parameters, the attributes scale and zero_point.",
      .infer = infer,
      .eval_float = "it exists in quantized graphs only",
      .eval_int8 = eval_int8,
      .work = work_per_element,
      .quantization = "it is quantized already",
      .lower = lower,
      .elementwise = true,
      .in_place_operand = 0,
  };
  return def;
}

}  // namespace tinyc::ops
