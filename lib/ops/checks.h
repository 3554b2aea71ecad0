#pragma once
// What shape inference checks of a node before it trusts it: graphs come from untrusted files.
//
// TC4010: operands or attributes that do not fit the operator. TC3011: an element type it does not handle.

#include <cstdint>
#include <string_view>
#include <vector>

#include "lib/ir/op_def.h"

namespace tinyc::ops {

// Between `least` and `most` operands, the first `least` of them present.
Status check_operand_count(const NodeView& view, int least, int most);

// Attributes of exactly that kind.
Result<std::int64_t> require_integer(const NodeView& view, std::string_view name);
Result<double> require_real(const NodeView& view, std::string_view name);
Result<std::vector<std::int64_t>> require_integers(const NodeView& view, std::string_view name);
Status check_optional_real(const NodeView& view, std::string_view name);
Status check_reals(const NodeView& view, std::span<const char* const> names);

// The attribute `name` as an axis of a tensor of that rank, in [0, rank).
Result<int> require_axis(const NodeView& view, std::string_view name, int rank);

// clamp_low and clamp_high, the fused activation: optional, real, in order.
Status check_clamp(const NodeView& view);

Error unsupported_dtype(const NodeView& view, DType dtype);

}  // namespace tinyc::ops
