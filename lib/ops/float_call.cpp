#include "lib/ops/float_call.h"

#include <limits>

namespace tinyc::ops {

KernelCall float_call(const NodeView& node, std::string kernel) {
  return {.kernel = std::move(kernel), .inputs = node.operand_ids, .outputs = node.result_ids};
}

void append_real_clamp(KernelCall& call, const Attributes& attributes) {
  constexpr double unbounded = std::numeric_limits<double>::infinity();
  call.params.push_back({"clamp_low", static_cast<float>(attributes.real_or("clamp_low", -unbounded))});
  call.params.push_back({"clamp_high", static_cast<float>(attributes.real_or("clamp_high", unbounded))});
}

Result<std::vector<KernelCall>> lower_real_clip(const NodeView& node, const Attributes& bounds) {
  TINYC_TRY(check_single_precision(node));
  KernelCall call = float_call(node, "tinyc_clip_f32");
  call.params = {{"count", node.result().shape.elements()}};
  append_real_clamp(call, bounds);
  return std::vector<KernelCall>{std::move(call)};
}

Status check_single_precision(const NodeView& node) {
  const auto check = [&](const Value* value) -> Status {
    if (!value || value->type().dtype == DType::f32) return {};
    return node.error("TC3012", std::string(node.op.name) + " of " + std::string(to_string(value->type().dtype)) +
                                    " has no kernel; there is one for f32");
  };
  for (const Value* operand : node.operands) TINYC_TRY(check(operand));
  for (const Value* result : node.results) TINYC_TRY(check(result));
  return {};
}

}  // namespace tinyc::ops
