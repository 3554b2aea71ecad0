#pragma once
// What importers share: reading attributes and constant operands of an ONNX node, checked, since both come
// from a user's file.

#include <string>
#include <utility>
#include <vector>

#include "lib/ir/op_def.h"

namespace tinyc::ops {

// T is one alternative of Attribute: std::int64_t, double, std::string, std::vector of those, Tensor.
template <class T>
Result<T> required_attribute(const ImportContext& context, std::string_view name) {
  const Attribute* attribute = context.attributes().find(name);
  if (!attribute) return context.invalid("the attribute '" + std::string(name) + "' is missing");
  const T* value = std::get_if<T>(attribute);
  if (!value) return context.invalid("the attribute '" + std::string(name) + "' has a value of the wrong kind");
  return *value;
}

template <class T>
Result<T> attribute_or(const ImportContext& context, std::string_view name, T otherwise) {
  if (!context.attributes().has(name)) return otherwise;
  return required_attribute<T>(context, name);
}

inline Result<std::int64_t> integer_attribute(const ImportContext& context, std::string_view name,
                                              std::int64_t otherwise) {
  return attribute_or<std::int64_t>(context, name, otherwise);
}
inline Result<double> real_attribute(const ImportContext& context, std::string_view name, double otherwise) {
  return attribute_or<double>(context, name, otherwise);
}

// `axis` of the file brought into [0, rank).
Result<int> checked_axis(const ImportContext& context, std::int64_t axis, int rank);
// The same for several, which must differ from one another; ascending.
Result<std::vector<int>> checked_axes(const ImportContext& context, const std::vector<std::int64_t>& axes, int rank);

// TC4001 unless the node has between `low` and `high` operands, the first `low` of them present.
Status check_inputs(const ImportContext& context, int low, int high);

// The element type an ONNX TensorProto.DataType names, in which tinyc computes: f32 for floating point of any width.
// TC3001 for strings and types of less than a byte.
Result<DType> checked_dtype(const ImportContext& context, std::int64_t data_type);

// The integers of a constant operand (a shape, axes, pads) of rank 0 or 1; TC3001 when it is computed at run time.
Result<std::vector<std::int64_t>> constant_integers(ImportContext& context, int input, std::string_view what);

}  // namespace tinyc::ops
