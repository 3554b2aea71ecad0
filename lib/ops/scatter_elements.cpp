// scatter_elements: x with the elements that `indices` name along `axis` replaced by those of `updates`, or combined with
// them by `reduction`. ONNX ScatterElements and Scatter.

#include "lib/ops/binary_int8.h"
#include "lib/ops/float_call.h"
#include "lib/ops/import_util.h"
#include "lib/ops/indexing.h"
#include "lib/ops/movement.h"
#include "lib/ops/typed_call.h"

namespace tinyc::ops {
namespace {

Result<std::vector<Type>> infer(const NodeView& node) {
  TINYC_TRY(check_operand_count(node, 3, 3));
  TINYC_TRY(require_reduction(node));
  const Type &x = node.operand(0), &indices = node.operand(1), &updates = node.operand(2);
  const int axis = TINYC_TRY(require_axis(node, "axis", x.shape.rank()));
  bool fits = !is_float(indices.dtype) && indices.shape.rank() == x.shape.rank() && updates.shape == indices.shape &&
              updates.dtype == x.dtype;
  for (int i = 0; fits && i < x.shape.rank(); ++i) fits = i == axis || indices.shape[i] <= x.shape[i];
  if (!fits) return node.error("TC4010", "the indices or updates of scatter_elements do not fit " + x.to_string());
  return std::vector{Type{x.dtype, x.shape}};
}

Status eval(const NodeView& node, std::span<const Tensor* const> in, std::span<Tensor> out) {
  const int axis = *normalize_axis(node.attributes.integer("axis"), in[0]->shape().rank());
  const auto places = TINYC_TRY(element_places(node, in[0]->shape(), *in[1], axis));
  out[0] = *in[0];
  scatter(*require_reduction(node), places, 1, *in[2], out[0]);
  return {};
}

Result<std::vector<KernelCall>> lower_float(const NodeView& node, const CoreFeatures&) {
  TINYC_TRY(check_indexed(node));
  TINYC_TRY(check_typed(node));
  KernelCall call = float_call(node, "tinyc_scatter_elements_any");
  append_type(call, "type", node.result());
  append(call, "reduction", static_cast<std::int64_t>(TINYC_TRY(require_reduction(node))));
  append(call, "x_bytes", node.result().bytes());
  append_element_indices(call, node);
  append_element_axes(call, node);
  return std::vector{std::move(call)};
}

Result<std::vector<ValueId>> import_scatter_elements(ImportContext& context) {
  TINYC_TRY(check_inputs(context, 3, 3));
  const std::int64_t axis = TINYC_TRY(integer_attribute(context, "axis", 0));
  const std::string reduction = TINYC_TRY(import_reduction_mode(context));
  return context.emit_all("scatter_elements", {context.input(0), context.input(1), context.input(2)},
                          {{"axis", axis}, {"reduction", reduction}});
}

}  // namespace

const OpDef& scatter_elements() {
  static const OpDef op{.name = "scatter_elements",
                        .summary = "x with the elements `indices` name along `axis` replaced by (or reduced with) `updates`",
                        .onnx = {{"ScatterElements", import_scatter_elements}, {"Scatter", import_scatter_elements}},
                        .infer = infer,
                        .eval_float = eval,
                        .eval_int8 = runtime_indices,
                        .work = work_of_copy,
                        .quantization = runtime_indices,
                        .lower = runtime_indices,
                        .lower_float = lower_float};
  return op;
}

}  // namespace tinyc::ops
