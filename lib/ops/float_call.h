#pragma once
// What OpDef::lower_float answers share. A float kernel reads the node's operands in their order, constant ones where they
// lie and NULL for absent ones, and writes its results in their order.

#include <string>

#include "lib/ir/op_def.h"

namespace tinyc::ops {

// The call of a kernel with all operands and results of the node, without parameters.
KernelCall float_call(const NodeView& node, std::string kernel);

// The parameters clamp_low and clamp_high from the attributes of these names; infinite where absent.
void append_real_clamp(KernelCall& call, const Attributes& attributes);

// tinyc_clip_f32 of operand 0 with the bounds of these attributes.
Result<std::vector<KernelCall>> lower_real_clip(const NodeView& node, const Attributes& bounds);

// TC3012 unless operands and results are f32, as single precision kernels need.
Status check_single_precision(const NodeView& node);

}  // namespace tinyc::ops
