// gather_elements: for each element of `indices` the element of x with the same coordinates but for `axis`, along which
// the index says. ONNX GatherElements.

#include <cstring>

#include "lib/ops/binary_int8.h"
#include "lib/ops/float_call.h"
#include "lib/ops/import_util.h"
#include "lib/ops/indexing.h"
#include "lib/ops/movement.h"
#include "lib/ops/typed_call.h"

namespace tinyc::ops {
namespace {

Result<std::vector<Type>> infer(const NodeView& node) {
  TINYC_TRY(check_operand_count(node, 2, 2));
  const Type &x = node.operand(0), &indices = node.operand(1);
  const int axis = TINYC_TRY(require_axis(node, "axis", x.shape.rank()));
  bool fits = !is_float(indices.dtype) && indices.shape.rank() == x.shape.rank();
  for (int i = 0; fits && i < x.shape.rank(); ++i) fits = i == axis || indices.shape[i] <= x.shape[i];
  if (!fits) return node.error("TC4010", "the indices of gather_elements do not fit " + x.shape.to_string());
  return std::vector{Type{x.dtype, indices.shape}};
}

Status eval(const NodeView& node, std::span<const Tensor* const> in, std::span<Tensor> out) {
  const int axis = *normalize_axis(node.attributes.integer("axis"), in[0]->shape().rank());
  const auto places = TINYC_TRY(element_places(node, in[0]->shape(), *in[1], axis));
  const std::size_t bytes = size_of(out[0].dtype());
  const std::byte* from = in[0]->bytes().data();
  std::byte* to = out[0].mutable_bytes().data();
  for (std::size_t i = 0; i < places.size(); ++i)
    std::memcpy(to + i * bytes, from + static_cast<std::size_t>(places[i]) * bytes, bytes);
  return {};
}

Result<std::vector<KernelCall>> lower_float(const NodeView& node, const CoreFeatures&) {
  TINYC_TRY(check_indexed(node));
  KernelCall call = float_call(node, "tinyc_gather_elements_bytes");
  append_element_indices(call, node);
  append_bytes(call, node.result());
  append_element_axes(call, node);
  return std::vector{std::move(call)};
}

Result<std::vector<ValueId>> import_gather_elements(ImportContext& context) {
  TINYC_TRY(check_inputs(context, 2, 2));
  return context.emit_all("gather_elements", {context.input(0), context.input(1)},
                          {{"axis", TINYC_TRY(integer_attribute(context, "axis", 0))}});
}

}  // namespace

const OpDef& gather_elements() {
  static const OpDef op{.name = "gather_elements",
                        .summary = "the elements of x whose place along `axis` the elements of `indices` name",
                        .onnx = {{"GatherElements", import_gather_elements}},
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
