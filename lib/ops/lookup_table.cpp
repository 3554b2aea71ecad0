#include "lib/ops/elementwise.h"

namespace tinyc::ops {
namespace {

bool is_plain_i8(const Type& type) {
  return type.dtype == DType::i8 && (!type.quantization || type.quantization->is_per_tensor());
}

Result<std::vector<Type>> infer(const NodeView& view) {
  TINYC_TRY(check_operand_count(view, 2, 2));
  if (!is_plain_i8(view.operand(0)))
    return view.error("TC4010", "lookup_table of " + view.operand(0).to_string() + ", which is not int8 per tensor");
  if (!view.constant(1) || view.operand(1).dtype != DType::i8 || view.operand(1).shape != Shape{256})
    return view.error("TC4010", "the table of lookup_table must be a constant i8[256]");
  return infer_like_operand(view, Accepts::numbers);
}

Status eval(const NodeView&, std::span<const Tensor* const> in, std::span<Tensor> out) {
  const auto x = in[0]->data<std::int8_t>();
  const auto table = in[1]->data<std::int8_t>();
  const auto y = out[0].mutable_data<std::int8_t>();
  for (std::size_t i = 0; i < x.size(); ++i) y[i] = table[static_cast<std::size_t>(x[i] + 128)];
  return {};
}

Result<std::vector<KernelCall>> lower(const NodeView& view, const CoreFeatures&) {
  KernelCall call{.kernel = "tinyc_lookup_table_s8", .inputs = {view.operand_ids[0]}, .outputs = {view.result_ids[0]}};
  call.params = {{"count", view.result().shape.elements()}, {"table", Table{*view.constant(1)}}};
  return std::vector<KernelCall>{std::move(call)};
}

}  // namespace

const OpDef& lookup_table() {
  static const OpDef def{
      .name = "lookup_table",
      .summary = "table[x + 128] for int8 x and a constant table of 256 int8.",
      .infer = infer,
      .eval_float = "it exists in quantized graphs only",
      .eval_int8 = eval,
      .work = work_per_element_unscaled,
      .quantization = "it is quantized already",
      .lower = lower,
      .in_place_operand = 0,
  };
  return def;
}

}  // namespace tinyc::ops
