// ONNX operators whose result's shape depends on the data: NonZero of a constant is a constant; otherwise, and
// Unique always, they are refused.

#include "lib/ops/import_util.h"

namespace tinyc::ops {
namespace {

Error dynamic(const ImportContext& context) {
  return context.unsupported("the result's shape depends on the data, and memory is planned for static shapes");
}

Result<std::vector<ValueId>> import_non_zero(ImportContext& context) {
  TINYC_TRY(check_inputs(context, 1, 1));
  const Tensor* x = context.input_constant(0);
  if (!x) return dynamic(context);
  const auto values = x->to_doubles();
  const auto strides = x->shape().strides();
  std::vector<std::int64_t> found;
  for (std::size_t i = 0; i < values.size(); ++i)
    if (values[i] != 0) found.push_back(static_cast<std::int64_t>(i));
  std::vector<std::int64_t> coordinates;
  for (int axis = 0; axis < x->shape().rank(); ++axis)
    for (const std::int64_t index : found)
      coordinates.push_back(index / strides[static_cast<std::size_t>(axis)] % x->shape()[axis]);
  const Shape shape{x->shape().rank(), static_cast<std::int64_t>(found.size())};
  return std::vector{context.constant("indices", Tensor::of(shape, coordinates))};
}

Result<std::vector<ValueId>> refuse(ImportContext& context) { return dynamic(context); }

}  // namespace

const std::vector<OnnxImport>& non_zero() {
  static const std::vector<OnnxImport> imports{{"NonZero", import_non_zero}, {"Unique", refuse}};
  return imports;
}

}  // namespace tinyc::ops
