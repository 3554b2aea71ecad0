// ONNX Constant: the tensor it holds becomes a constant of the graph.

#include "lib/ops/import_util.h"

namespace tinyc::ops {
namespace {

Result<Tensor> tensor_of(const ImportContext& context) {
  const Attributes& attributes = context.attributes();
  if (attributes.has("value")) return required_attribute<Tensor>(context, "value");
  if (attributes.has("value_float"))
    return Tensor::scalar(static_cast<float>(TINYC_TRY(required_attribute<double>(context, "value_float"))));
  if (attributes.has("value_int"))
    return Tensor::scalar(TINYC_TRY(required_attribute<std::int64_t>(context, "value_int")));
  if (attributes.has("value_floats")) {
    const auto reals = TINYC_TRY(required_attribute<std::vector<double>>(context, "value_floats"));
    return Tensor::of(Shape{static_cast<std::int64_t>(reals.size())}, reals).cast(DType::f32);
  }
  if (attributes.has("value_ints")) {
    const auto integers = TINYC_TRY(required_attribute<std::vector<std::int64_t>>(context, "value_ints"));
    return Tensor::of(Shape{static_cast<std::int64_t>(integers.size())}, integers);
  }
  if (attributes.empty()) return context.invalid("has no value");
  return context.unsupported("a constant that is '" + attributes.begin()->first + "'",
                             "only dense numeric constants are supported");
}

Result<std::vector<ValueId>> import_constant(ImportContext& context) {
  return std::vector{context.constant("value", TINYC_TRY(tensor_of(context)))};
}

}  // namespace

const std::vector<OnnxImport>& constant() {
  static const std::vector<OnnxImport> imports{{"Constant", import_constant}};
  return imports;
}

}  // namespace tinyc::ops
