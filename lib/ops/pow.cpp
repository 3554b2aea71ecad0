#include "lib/ops/elementwise.h"
#include "lib/ops/float_call.h"
#include "lib/ops/import_util.h"
#include "lib/ops/typed_call.h"

namespace tinyc::ops {
namespace {

// The exponent may be of another numeric type.
Result<std::vector<Type>> infer(const NodeView& view) {
  TINYC_TRY(check_operand_count(view, 2, 2));
  for (int i = 0; i < 2; ++i)
    if (!accepts_dtype(Accepts::numbers, view.operand(i).dtype)) return unsupported_dtype(view, view.operand(i).dtype);
  const auto shape = broadcast(view.operand(0).shape, view.operand(1).shape);
  if (shape) return std::vector<Type>{{view.operand(0).dtype, *shape}};
  return view.error("TC4010", "pow: the shapes " + view.operand(0).shape.to_string() + " and " +
                                  view.operand(1).shape.to_string() + " do not broadcast");
}

Status eval(const NodeView&, std::span<const Tensor* const> in, std::span<Tensor> out) {
  const Tensor x = in[0]->cast(DType::f64), y = in[1]->cast(DType::f64);
  Tensor power(DType::f64, out[0].shape());
  apply_binary(x.shape(), x.data<double>(), y.shape(), y.data<double>(), power.shape(), power.mutable_data<double>(),
               [](double base, double exponent) { return std::pow(base, exponent); });
  out[0] = power.cast(out[0].dtype());
  return {};
}

Result<std::vector<KernelCall>> lower_float(const NodeView& view, const CoreFeatures& features) {
  if (is_f32(view.operand(0)) && is_f32(view.operand(1))) return lower_binary_float(view, features);
  TINYC_TRY(check_typed(view));
  KernelCall call = float_call(view, "tinyc_pow_any");
  TINYC_TRY(append_broadcast(call, view, std::array<BroadcastOperand, 2>{{{"a"}, {"b"}}}));
  append_type(call, "a_type", view.operand(0));
  append_type(call, "b_type", view.operand(1));
  return std::vector{std::move(call)};
}

}  // namespace

const OpDef& pow() {
  static const OpDef def{
      .name = "pow",
      .summary = "a to the power of b with NumPy broadcasting.",
      .onnx = {{"Pow", [](ImportContext& context) { return import_binary(context, "pow"); }}},
      .infer = infer,
      .eval_float = eval,
      .eval_int8 = only_by_constant,
      .work = work_per_element,
      .quantization = table_by_constant_rule,
      .lower = only_by_constant,
      .lower_float = lower_float,
      .elementwise = true,
  };
  return def;
}

}  // namespace tinyc::ops
