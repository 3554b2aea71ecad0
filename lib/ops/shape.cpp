// ONNX Shape and Size: shapes are static, so they are constants.

#include <algorithm>

#include "lib/ops/import_util.h"

namespace tinyc::ops {
namespace {

Result<std::vector<ValueId>> import_shape(ImportContext& context) {
  TINYC_TRY(check_inputs(context, 1, 1));
  const auto& sizes = context.input_type(0).shape.sizes();
  const auto rank = static_cast<std::int64_t>(sizes.size());
  const auto position = [&](std::int64_t p) { return std::clamp<std::int64_t>(p < 0 && p >= -rank ? p + rank : p, 0, rank); };
  const std::int64_t start = position(TINYC_TRY(integer_attribute(context, "start", 0)));
  const std::int64_t end = std::max(start, position(TINYC_TRY(integer_attribute(context, "end", rank))));
  const std::vector<std::int64_t> taken(sizes.begin() + start, sizes.begin() + end);
  return std::vector{context.constant("shape", Tensor::of(Shape{end - start}, taken))};
}

Result<std::vector<ValueId>> import_size(ImportContext& context) {
  TINYC_TRY(check_inputs(context, 1, 1));
  return std::vector{context.constant("size", Tensor::scalar(context.input_type(0).shape.elements()))};
}

}  // namespace

const std::vector<OnnxImport>& shape() {
  static const std::vector<OnnxImport> imports{{"Shape", import_shape}, {"Size", import_size}};
  return imports;
}

}  // namespace tinyc::ops
