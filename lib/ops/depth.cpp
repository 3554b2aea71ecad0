#include "lib/ops/depth.h"

#include <algorithm>

namespace tinyc::ops {
namespace {

using Integers = std::vector<std::int64_t>;

Result<ValueId> reshape(ImportContext& context, ValueId x, Integers shape, std::string_view suffix) {
  return context.emit("reshape", {x}, {{"shape", std::move(shape)}}, suffix);
}

Result<ValueId> transpose(ImportContext& context, ValueId x, Integers perm, std::string_view suffix) {
  return context.emit("transpose", {x}, {{"perm", std::move(perm)}}, suffix);
}

// The planes that the taps read, [N,C,planes of the result,taps,H,W]; one of zeros behind the others stands for none.
Result<ValueId> take_planes(ImportContext& context, ValueId x, const DepthTaps& taps) {
  const std::int64_t depth = context.value(x).type().shape[2];
  Integers planes;
  bool any_none = false;
  for (const Integers& list : taps)
    for (const std::int64_t plane : list) {
      any_none = any_none || plane < 0;
      planes.push_back(plane < 0 ? depth : plane);
    }
  if (any_none)
    x = TINYC_TRY(context.emit("pad", {x}, {{"mode", std::string("constant")}, {"value", 0.0},
                                            {"pads", Integers{0, 0, 0, 0, 0, 0, 0, 1, 0, 0}}}, "planes"));
  const Shape shape{static_cast<std::int64_t>(taps.size()), static_cast<std::int64_t>(taps.front().size())};
  const ValueId indices = context.constant("planes", Tensor::of(shape, planes));
  return context.emit("gather", {x, indices}, {{"axis", std::int64_t{2}}}, "taps");
}

}  // namespace

Status check_depth_taps(const ImportContext& context, std::int64_t planes, std::int64_t taps) {
  if (planes < 1) return context.invalid("the pads leave no output");
  if (planes > most_depth_taps / std::max<std::int64_t>(taps, 1))
    return context.unsupported("a depth of " + std::to_string(planes) + " with a kernel of " + std::to_string(taps));
  return {};
}

Result<ValueId> emit_over_depth(ImportContext& context, ValueId x, ValueId filters, std::int64_t groups,
                                const DepthTaps& taps, const std::function<Result<ValueId>(ValueId, ValueId)>& emit_2d) {
  const Shape in = context.value(x).type().shape, f = context.value(filters).type().shape;
  const auto planes = static_cast<std::int64_t>(taps.size()), depth = f[1];
  // Channels of a group stay together: group, tap, channel of the group.
  x = TINYC_TRY(take_planes(context, x, taps));
  x = TINYC_TRY(reshape(context, x, {in[0], groups, in[1] / groups, planes, depth, in[3], in[4]}, "groups"));
  x = TINYC_TRY(transpose(context, x, {0, 3, 5, 6, 1, 4, 2}, "nhwc"));
  x = TINYC_TRY(reshape(context, x, {in[0] * planes, in[3], in[4], depth * in[1]}, "stacked"));
  ValueId weights = TINYC_TRY(transpose(context, filters, {0, 2, 3, 1, 4}, "weights_order"));
  weights = TINYC_TRY(reshape(context, weights, {f[0], f[2], f[3], depth * f[4]}, "weights_stacked"));
  ValueId y = TINYC_TRY(emit_2d(x, weights));
  const Shape out = context.value(y).type().shape;
  y = TINYC_TRY(reshape(context, y, {in[0], planes, out[1], out[2], out[3]}, "volume"));
  return transpose(context, y, {0, 4, 1, 2, 3}, "ncdhw");
}

}  // namespace tinyc::ops
