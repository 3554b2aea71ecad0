// ONNX ConstantOfShape, EyeLike and Range: tensors known at import become constants.

#include <algorithm>
#include <cmath>

#include "lib/ops/elementwise.h"
#include "lib/ops/import_util.h"
#include "lib/ops/movement.h"

namespace tinyc::ops {
namespace {

// A constant made at import takes memory the file did not pay for.
constexpr std::int64_t most_elements = std::int64_t{1} << 26;

Result<Tensor> zeros(const ImportContext& context, DType dtype, Shape shape) {
  if (!shape.valid() || shape.elements() > most_elements)
    return Error("TC8001", std::string(context.name()),
                 std::string(context.op_type()) + " makes a tensor of shape " + shape.to_string() + ", which is beyond tinyc's limits");
  return Tensor(dtype, std::move(shape));
}

Result<std::vector<ValueId>> import_constant_of_shape(ImportContext& context) {
  TINYC_TRY(check_inputs(context, 1, 1));
  Shape shape(TINYC_TRY(constant_integers(context, 0, "shape")));
  const Tensor value = TINYC_TRY(attribute_or<Tensor>(context, "value", Tensor::of(Shape{1}, std::vector{0.0f})));
  if (value.elements() != 1) return context.invalid("the value is not one element");
  Tensor result = TINYC_TRY(zeros(context, value.dtype(), std::move(shape)));
  const std::vector<std::int64_t> repeat(static_cast<std::size_t>(result.shape().rank()), 0);
  copy_strided(value, 0, repeat, result);
  return std::vector{context.constant("filled", std::move(result))};
}

Result<std::vector<ValueId>> import_eye_like(ImportContext& context) {
  TINYC_TRY(check_inputs(context, 1, 1));
  const Type& like = context.input_type(0);
  if (like.shape.rank() != 2) return context.invalid("the operand is not a matrix");
  const auto k = TINYC_TRY(integer_attribute(context, "k", 0));
  DType dtype = like.dtype;
  if (context.attributes().has("dtype")) {
    const auto code = TINYC_TRY(required_attribute<std::int64_t>(context, "dtype"));
    dtype = TINYC_TRY(checked_dtype(context, code));
  }
  const Shape shape = like.shape;
  Tensor ones = TINYC_TRY(zeros(context, DType::boolean, shape));
  const auto data = ones.mutable_data<bool>();
  for (std::int64_t row = 0; row < shape[0]; ++row)
    if (k >= -row && k < shape[1] - row) data[static_cast<std::size_t>(row * shape[1] + row + k)] = true;
  return std::vector{context.constant("eye", ones.cast(dtype))};
}

Result<std::vector<ValueId>> import_range(ImportContext& context) {
  TINYC_TRY(check_inputs(context, 3, 3));
  std::vector<const Tensor*> bounds;
  for (int i = 0; i < 3; ++i) {
    const Tensor* bound = context.input_constant(i);
    if (!bound) return context.unsupported("a bound is computed at run time, so that the result has no static shape");
    if (bound->elements() != 1 || bound->dtype() != context.input_type(0).dtype)
      return context.invalid("the bounds are not scalars of one type");
    bounds.push_back(bound);
  }
  const DType dtype = bounds[0]->dtype();
  const double start = bounds[0]->to_doubles()[0], delta = bounds[2]->to_doubles()[0];
  const double count = std::ceil((bounds[1]->to_doubles()[0] - start) / delta);
  if (!std::isfinite(count)) return context.invalid("the bounds make no finite range");
  const auto size = static_cast<std::int64_t>(std::clamp(count, 0.0, static_cast<double>(Shape::max_elements)));
  Tensor result = TINYC_TRY(zeros(context, dtype, Shape{size}));
  if (!accepts_dtype(Accepts::numbers, dtype) || dtype == DType::f16 || dtype == DType::bf16)
    return context.unsupported("elements of " + std::string(to_string(dtype)));
  visit_dtype(dtype, [&]<class T>(T) {
    const T first = bounds[0]->data<T>()[0], step = bounds[2]->data<T>()[0];
    const auto data = result.mutable_data<T>();
    for (std::size_t i = 0; i < data.size(); ++i) data[i] = static_cast<T>(first + static_cast<T>(i) * step);
  });
  return std::vector{context.constant("range", std::move(result))};
}

}  // namespace

const std::vector<OnnxImport>& constant_of_shape() {
  static const std::vector<OnnxImport> imports{
      {"ConstantOfShape", import_constant_of_shape}, {"EyeLike", import_eye_like}, {"Range", import_range}};
  return imports;
}

}  // namespace tinyc::ops
