// one_hot: a new axis `axis` of size `depth`, along which the element that an index names is values[1] and the others
// are values[0]; an index out of range names none. ONNX OneHot.

#include <algorithm>

#include "lib/ops/binary_int8.h"
#include "lib/ops/checks.h"
#include "lib/ops/elementwise.h"
#include "lib/ops/float_call.h"
#include "lib/ops/import_util.h"
#include "lib/ops/movement.h"
#include "lib/ops/typed_call.h"

namespace tinyc::ops {
namespace {

Result<std::vector<Type>> infer(const NodeView& node) {
  TINYC_TRY(check_operand_count(node, 2, 2));
  const Type &indices = node.operand(0), &values = node.operand(1);
  const int axis = TINYC_TRY(require_axis(node, "axis", indices.shape.rank() + 1));
  const std::int64_t depth = TINYC_TRY(require_integer(node, "depth"));
  if (depth < 1 || depth > Shape::max_elements) return node.error("TC4010", "the depth of one_hot is out of range");
  if (values.shape != Shape{2}) return node.error("TC4010", "one_hot needs two values, for off and on");
  std::vector<std::int64_t> sizes = indices.shape.sizes();
  sizes.insert(sizes.begin() + axis, depth);
  return std::vector{Type{values.dtype, Shape(sizes)}};
}

Status eval(const NodeView& node, std::span<const Tensor* const> in, std::span<Tensor> out) {
  const Shape& shape = out[0].shape();
  const AxisView view = view_axis(shape, *normalize_axis(node.attributes.integer("axis"), shape.rank()));
  const std::vector<std::int64_t> indices = in[0]->to_integers();
  const std::size_t bytes = size_of(out[0].dtype());
  const std::byte* values = in[1]->bytes().data();
  std::byte* to = out[0].mutable_bytes().data();
  for (std::int64_t i = 0; i < view.outer; ++i)
    for (std::int64_t d = 0; d < view.size; ++d)
      for (std::int64_t k = 0; k < view.inner; ++k, to += bytes) {
        const std::int64_t index = indices[static_cast<std::size_t>(i * view.inner + k)];
        const bool on = (index < 0 ? index + view.size : index) == d;
        std::copy_n(values + (on ? bytes : 0), bytes, to);
      }
  return {};
}

Result<std::vector<KernelCall>> lower_float(const NodeView& node, const CoreFeatures&) {
  TINYC_TRY(check_typed(node));
  const Shape& shape = node.result().shape;
  const AxisView view = view_axis(shape, *normalize_axis(node.attributes.integer("axis"), shape.rank()));
  KernelCall call = float_call(node, "tinyc_one_hot_bytes");
  append_type(call, "index_type", node.operand(0));
  append(call, "outer", view.outer);
  append(call, "depth", view.size);
  append(call, "inner", view.inner);
  append_bytes(call, node.result());
  return std::vector{std::move(call)};
}

Result<std::vector<ValueId>> import_one_hot(ImportContext& context) {
  TINYC_TRY(check_inputs(context, 3, 3));
  const Tensor* depth = context.input_constant(1);
  if (!depth) return context.unsupported("the depth is computed at run time");
  if (depth->elements() != 1) return context.invalid("the depth is not one number");
  const std::int64_t axis = TINYC_TRY(integer_attribute(context, "axis", -1));
  return context.emit_all("one_hot", {context.input(0), context.input(2)},
                          {{"depth", depth->to_integers().front()}, {"axis", axis}});
}

}  // namespace

const OpDef& one_hot() {
  static const OpDef op{.name = "one_hot",
                        .summary = "values[1] where an index names the place along the new `axis`, else values[0]",
                        .onnx = {{"OneHot", import_one_hot}},
                        .infer = infer,
                        .eval_float = eval,
                        .eval_int8 = no_integer_kernel,
                        .work = work_of_copy,
                        .quantization = no_integer_kernel,
                        .lower = no_integer_kernel,
                        .lower_float = lower_float};
  return op;
}

}  // namespace tinyc::ops
