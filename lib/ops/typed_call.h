#pragma once
// Calls of kernels that take elements of any type, or integers of any type: what lib/runtime/integer.h calls the types.

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "lib/ir/op_def.h"

namespace tinyc::ops {

// TINYC_I8, ... of lib/runtime/integer.h; nothing for f16, bf16 and f64.
std::optional<std::int64_t> type_code(DType dtype);

// TC3012 when an operand or a result has no type code: no kernel computes with it.
Status check_typed(const NodeView& node);
// TC3012: there is no kernel for this element type.
Error no_kernel_for(const NodeView& node, DType dtype);

// TC3012 when there are indices (operand 1) but no elements of operand 0: every place would be out of range.
Status check_indexed(const NodeView& node);

bool is_f32(const Type& type);
bool is_integer(const Type& type);  // or boolean

void append_type(KernelCall& call, std::string name, const Type& type);
void append_bytes(KernelCall& call, const Type& type);  // "element_bytes"
void append_table(KernelCall& call, std::string name, const std::vector<std::int64_t>& values, DType dtype);

// Sizes and strides of the loops over a broadcast result: size0..3, then for each name NAME_stride0..3, times the bytes of
// the operand's elements or times 1. TC3012 when there are more than four loops.
struct BroadcastOperand {
  std::string name;
  std::int64_t scale = 1;
};
Status append_broadcast(KernelCall& call, const NodeView& node, std::span<const BroadcastOperand> operands);

// [outer, size, inner] of operand 0 around the attribute `axis`.
void append_axis_view(KernelCall& call, const NodeView& node);

}  // namespace tinyc::ops
