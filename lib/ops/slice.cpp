// slice: of every axis the elements starts[a], starts[a] + steps[a], ..., as many as sizes[a]. ONNX Slice.

#include <algorithm>

#include "lib/ops/checks.h"
#include "lib/ops/import_util.h"
#include "lib/ops/movement.h"

namespace tinyc::ops {
namespace {

using Integers = std::vector<std::int64_t>;

Result<std::vector<Type>> infer(const NodeView& node) {
  TINYC_TRY(check_operand_count(node, 1, 1));
  Type result = node.operand(0);
  const Integers starts = TINYC_TRY(require_integers(node, "starts"));
  const Integers steps = TINYC_TRY(require_integers(node, "steps"));
  const Integers sizes = TINYC_TRY(require_integers(node, "sizes"));
  const auto rank = static_cast<std::size_t>(result.shape.rank());
  if (starts.size() != rank || steps.size() != rank || sizes.size() != rank)
    return node.error("TC4010", "slice needs a start, a step and a size for each of the " + std::to_string(rank) + " axes");
  for (std::size_t i = 0; i < rank; ++i) {
    const std::int64_t size = result.shape[static_cast<int>(i)];
    const auto inside = [&](std::int64_t index) { return index >= 0 && index < size; };
    if (sizes[i] < 0 || sizes[i] > size || std::abs(steps[i]) > Shape::max_elements ||
        (sizes[i] > 0 && !(inside(starts[i]) && inside(starts[i] + (sizes[i] - 1) * steps[i]))))
      return node.error("TC4010", "slice takes elements that are not there along axis " + std::to_string(i));
    if (result.quantization && result.quantization->axis == static_cast<int>(i) && sizes[i] != size)
      return node.error("TC4010", "slice along the axis of per-channel parameters");
    result.shape[static_cast<int>(i)] = sizes[i];
  }
  return std::vector{result};
}

std::vector<Integers> maps(const NodeView& node) {
  const Integers &starts = node.attributes.integers("starts"), &steps = node.attributes.integers("steps");
  const Integers& sizes = node.attributes.integers("sizes");
  std::vector<Integers> maps(sizes.size());
  for (std::size_t axis = 0; axis < sizes.size(); ++axis)
    for (std::int64_t i = 0; i < sizes[axis]; ++i) maps[axis].push_back(starts[axis] + i * steps[axis]);
  return maps;
}

// Start, step and size of one axis by Python's rules: negative positions count from the end, ends are clamped.
struct Range {
  std::int64_t start, step, size;
};

Range resolve(std::int64_t start, std::int64_t end, std::int64_t step, std::int64_t size) {
  const std::int64_t low = step > 0 ? 0 : -1, high = step > 0 ? size : size - 1;
  const auto position = [&](std::int64_t p) { return std::clamp(p < 0 ? p + size : p, low, high); };
  const std::int64_t first = position(start), last = position(end);
  const std::int64_t distance = step > 0 ? last - first : first - last;
  const std::uint64_t stride = step > 0 ? static_cast<std::uint64_t>(step) : 0 - static_cast<std::uint64_t>(step);
  if (distance <= 0) return {0, 1, 0};
  const std::int64_t count = static_cast<std::int64_t>((static_cast<std::uint64_t>(distance) - 1) / stride) + 1;
  return {first, count == 1 ? 1 : step, count};
}

Result<std::vector<ValueId>> import_slice(ImportContext& context) {
  Integers starts, ends, steps;
  std::optional<Integers> axes;
  if (context.opset() < 10) {
    TINYC_TRY(check_inputs(context, 1, 1));
    starts = TINYC_TRY(required_attribute<Integers>(context, "starts"));
    ends = TINYC_TRY(required_attribute<Integers>(context, "ends"));
    if (context.attributes().has("axes")) axes = TINYC_TRY(required_attribute<Integers>(context, "axes"));
  } else {
    TINYC_TRY(check_inputs(context, 3, 5));
    starts = TINYC_TRY(constant_integers(context, 1, "list of starts"));
    ends = TINYC_TRY(constant_integers(context, 2, "list of ends"));
    if (context.has_input(3)) axes = TINYC_TRY(constant_integers(context, 3, "list of axes"));
    if (context.has_input(4)) steps = TINYC_TRY(constant_integers(context, 4, "list of steps"));
  }
  const Shape shape = context.input_type(0).shape;
  if (!axes) {
    axes.emplace();
    for (std::size_t i = 0; i < starts.size(); ++i) axes->push_back(static_cast<std::int64_t>(i));
  }
  if (steps.empty()) steps.assign(starts.size(), 1);
  if (starts.size() != ends.size() || starts.size() != axes->size() || starts.size() != steps.size())
    return context.invalid("starts, ends, axes and steps are not as many");
  TINYC_TRY(checked_axes(context, *axes, shape.rank()));
  Integers all_starts(shape.sizes().size(), 0), all_steps(shape.sizes().size(), 1), sizes = shape.sizes();
  for (std::size_t i = 0; i < starts.size(); ++i) {
    const int axis = *normalize_axis((*axes)[i], shape.rank());
    if (steps[i] == 0) return context.invalid("a step is 0");
    const Range range = resolve(starts[i], ends[i], steps[i], shape[axis]);
    const auto at = static_cast<std::size_t>(axis);
    all_starts[at] = range.start, all_steps[at] = range.step, sizes[at] = range.size;
  }
  return context.emit_all("slice", {context.input(0)}, {{"starts", all_starts}, {"steps", all_steps}, {"sizes", sizes}});
}

}  // namespace

const OpDef& slice() {
  static const OpDef op = mapped_op<maps>(
      "slice", "of every axis of x the elements `starts`, `starts` + `steps`, ..., as many as `sizes`",
      {{"Slice", import_slice}}, infer);
  return op;
}

}  // namespace tinyc::ops
