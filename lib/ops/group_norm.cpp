// ONNX GroupNormalization: a layer_norm of x seen with its channels in groups.

#include "lib/ops/import_util.h"
#include "lib/ops/layer_norm.h"
#include "lib/ops/layout.h"

namespace tinyc::ops {
namespace {

using Integers = std::vector<std::int64_t>;

// x with channels last as [N, positions, groups, channels of a group], normalized over positions and a group's
// channels.
Result<std::vector<ValueId>> import_group_norm(ImportContext& context) {
  TINYC_TRY(check_inputs(context, 3, 3));
  const Shape shape = context.input_type(0).shape;
  const std::int64_t groups = TINYC_TRY(required_attribute<std::int64_t>(context, "num_groups"));
  if (shape.rank() < 2 || groups < 1 || shape[1] % groups != 0)
    return context.invalid("the channels of " + shape.to_string() + " do not divide into " + std::to_string(groups) +
                           " groups");
  const std::int64_t channels = shape[1] / groups;
  std::vector<ValueId> affine;
  for (int i = 1; i < 3; ++i) {  // opset 18: one per group; 21: one per channel
    const std::int64_t count = context.input_type(i).shape.elements();
    if (count != groups && count != shape[1])
      return context.invalid("scale and bias have other sizes than groups or channels");
    const Integers seen{groups, count == groups && context.opset() < 21 ? 1 : channels};
    if (count != seen[0] * seen[1]) return context.invalid("scale and bias need one element per channel");
    affine.push_back(
        TINYC_TRY(context.emit("reshape", {context.input(i)}, {{"shape", seen}}, i == 1 ? "scale" : "bias")));
  }
  const double epsilon = TINYC_TRY(real_attribute(context, "epsilon", 1e-5));
  const auto normalize = [&](ValueId x) -> Result<ValueId> {
    const Shape last = context.value(x).type().shape;
    const Integers grouped{last[0], last.elements() / std::max<std::int64_t>(last[0] * shape[1], 1), groups, channels};
    const ValueId seen = TINYC_TRY(context.emit("reshape", {x}, {{"shape", grouped}}, "groups"));
    const ValueId normal = TINYC_TRY(emit_layer_norm(context, seen, {1, 3}, epsilon, affine, "normal"));
    return context.emit("reshape", {normal}, {{"shape", last.sizes()}}, "joined");
  };
  if (shape.rank() == 3 || shape.rank() == 4)
    return std::vector{TINYC_TRY(emit_channels_last(context, context.input(0), normalize))};
  Integers to_last{0}, to_first{0, shape.rank() - 1};
  for (int axis = 2; axis < shape.rank(); ++axis) to_last.push_back(axis), to_first.push_back(axis - 1);
  to_last.push_back(1);
  if (shape.rank() == 2) to_first = to_last = {0, 1};
  const ValueId last = TINYC_TRY(context.emit("transpose", {context.input(0)}, {{"perm", to_last}}, "last"));
  const ValueId normal = TINYC_TRY(normalize(last));
  return context.emit_all("transpose", {normal}, {{"perm", to_first}});
}

}  // namespace

const std::vector<OnnxImport>& group_norm() {
  static const std::vector<OnnxImport> imports{{"GroupNormalization", import_group_norm}};
  return imports;
}

}  // namespace tinyc::ops
