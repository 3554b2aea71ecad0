#include "lib/ops/import_util.h"

#include <algorithm>

namespace tinyc::ops {

Result<int> checked_axis(const ImportContext& context, std::int64_t axis, int rank) {
  if (const auto normalized = normalize_axis(axis, rank)) return *normalized;
  return context.invalid("axis " + std::to_string(axis) + " is out of range for rank " + std::to_string(rank));
}

Result<std::vector<int>> checked_axes(const ImportContext& context, const std::vector<std::int64_t>& axes, int rank) {
  std::vector<int> checked;
  for (const std::int64_t axis : axes) checked.push_back(TINYC_TRY(checked_axis(context, axis, rank)));
  std::sort(checked.begin(), checked.end());
  if (std::adjacent_find(checked.begin(), checked.end()) != checked.end())
    return context.invalid("an axis is named twice");
  return checked;
}

Status check_inputs(const ImportContext& context, int low, int high) {
  const int count = context.input_count();
  if (count > high)
    return context.invalid("has " + std::to_string(count) + " operands instead of at most " + std::to_string(high));
  for (int i = 0; i < low; ++i)
    if (i >= count || !context.has_input(i)) return context.invalid("operand " + std::to_string(i) + " is missing");
  return {};
}

Result<DType> checked_dtype(const ImportContext& context, std::int64_t data_type) {
  switch (data_type) {
    case 1: case 10: case 11: case 16: return DType::f32;
    case 2: return DType::u8;
    case 3: return DType::i8;
    case 4: return DType::u16;
    case 5: return DType::i16;
    case 6: return DType::i32;
    case 7: return DType::i64;
    case 9: return DType::boolean;
    case 12: return DType::u32;
    case 13: return DType::u64;
    default: return context.unsupported("elements of ONNX's type " + std::to_string(data_type));
  }
}

Result<std::vector<std::int64_t>> constant_integers(ImportContext& context, int input, std::string_view what) {
  const Tensor* tensor = context.input_constant(input);
  if (!tensor)
    return context.unsupported("the " + std::string(what) + " is computed at run time",
                               "export the model with static shapes");
  if (is_float(tensor->dtype()) || tensor->shape().rank() > 1)
    return context.invalid("the " + std::string(what) + " is not a list of integers");
  return tensor->to_integers();
}

}  // namespace tinyc::ops
