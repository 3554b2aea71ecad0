#include "lib/ops/checks.h"

#include <cmath>

namespace tinyc::ops {
namespace {

template <class T>
Result<T> require(const NodeView& view, std::string_view name, const char* kind) {
  const Attribute* attribute = view.attributes.find(name);
  const T* value = attribute ? std::get_if<T>(attribute) : nullptr;
  if (value) return *value;
  return view.error("TC4010", std::string(view.op.name) + (attribute ? " has an attribute '" : " lacks the attribute '") +
                                  std::string(name) + (attribute ? "' that is not " : "', ") + kind);
}

}  // namespace

Status check_operand_count(const NodeView& view, int least, int most) {
  bool present = true;
  for (int i = 0; i < least; ++i) present = present && view.has(i);
  if (present && view.operand_count() <= most) return {};
  const std::string wanted = least == most ? std::to_string(least) : std::to_string(least) + " to " + std::to_string(most);
  return view.error("TC4010", std::string(view.op.name) + " takes " + wanted + (most == 1 ? " operand" : " operands"));
}

Result<std::int64_t> require_integer(const NodeView& view, std::string_view name) {
  return require<std::int64_t>(view, name, "an integer");
}

Result<double> require_real(const NodeView& view, std::string_view name) {
  return require<double>(view, name, "a real number");
}

Result<std::vector<std::int64_t>> require_integers(const NodeView& view, std::string_view name) {
  return require<std::vector<std::int64_t>>(view, name, "a list of integers");
}

Status check_optional_real(const NodeView& view, std::string_view name) {
  if (view.attributes.has(name)) TINYC_TRY(require_real(view, name));
  return {};
}

Status check_reals(const NodeView& view, std::span<const char* const> names) {
  for (const std::string_view name : names) TINYC_TRY(require_real(view, name));
  return {};
}

Result<int> require_axis(const NodeView& view, std::string_view name, int rank) {
  const std::int64_t axis = TINYC_TRY(require_integer(view, name));
  if (const auto normal = normalize_axis(axis, rank)) return *normal;
  return view.error("TC4010", std::string(view.op.name) + ": " + std::string(name) + " " + std::to_string(axis) +
                                  " is not an axis of a tensor of rank " + std::to_string(rank));
}

Status check_clamp(const NodeView& view) {
  TINYC_TRY(check_optional_real(view, "clamp_low"));
  TINYC_TRY(check_optional_real(view, "clamp_high"));
  const double low = view.attributes.real_or("clamp_low", -HUGE_VAL);
  const double high = view.attributes.real_or("clamp_high", HUGE_VAL);
  if (low <= high) return {};
  return view.error("TC4010", std::string(view.op.name) + ": clamp_low is above clamp_high");
}

Error unsupported_dtype(const NodeView& view, DType dtype) {
  return view.error("TC3011", std::string(view.op.name) + " of " + std::string(to_string(dtype)) + " is not supported",
                    "convert the tensor to float32");
}

}  // namespace tinyc::ops
