#include "lib/ops/pool.h"

#include "lib/ops/binary_int8.h"
#include "lib/ops/checks.h"
#include "lib/ops/import_util.h"
#include "lib/ops/layout.h"
#include "lib/quant/clamp.h"

namespace tinyc::ops {
namespace {

Status check_windows(const NodeView& node, const WindowAxis& axis, std::int64_t input, bool padding_counts) {
  for (std::int64_t output = 0; output < axis.output_size(input); ++output)
    if (counted_taps(axis, output, input, padding_counts).count() == 0)
      return node.error("TC3012", "a window of " + std::string(node.op.name) + " lies in the padding altogether",
                        "pad less than the kernel's size");
  return {};
}

Attributes joined(Attributes attributes, const Attributes& extra) {
  for (const auto& [name, value] : extra) attributes.set(name, value);
  return attributes;
}

// Over three axes as a pool over height and width, then one over depth: maxima, means and norms separate, and so
// do the numbers of taps that a mean divides by.
Result<std::vector<ValueId>> emit_pool_3d(ImportContext& context, std::string_view op,
                                          const std::vector<WindowAxis>& window, const Attributes& extra) {
  using Integers = std::vector<std::int64_t>;
  const auto reshape = [&](ValueId x, Integers shape, std::string_view suffix) {
    return context.emit("reshape", {x}, {{"shape", std::move(shape)}}, suffix);
  };
  const Shape in = context.input_type(0).shape;
  ValueId x = TINYC_TRY(context.emit("transpose", {context.input(0)}, {{"perm", Integers{0, 2, 3, 4, 1}}}, "ndhwc"));
  x = TINYC_TRY(reshape(x, {in[0] * in[2], in[3], in[4], in[1]}, "slices"));
  x = TINYC_TRY(context.emit(op, {x}, joined(pool_attributes({window[1], window[2]}), extra), "plane"));
  const Shape plane = context.value(x).type().shape;
  x = TINYC_TRY(reshape(x, {in[0], in[2], plane[1] * plane[2], in[1]}, "depth"));
  x = TINYC_TRY(context.emit(op, {x}, joined(pool_attributes({window[0], WindowAxis{}}), extra)));
  x = TINYC_TRY(reshape(x, {in[0], context.value(x).type().shape[1], plane[1], plane[2], in[1]}, "volume"));
  return context.emit_all("transpose", {x}, {{"perm", Integers{0, 4, 1, 2, 3}}}, "ncdhw");
}

Result<std::vector<ValueId>> emit_pool(ImportContext& context, std::string_view op, const std::vector<WindowAxis>& window,
                                       const Attributes& extra) {
  if (window.size() == 3) return emit_pool_3d(context, op, window, extra);
  const Attributes attributes = joined(pool_attributes(to_2d(window)), extra);
  const ValueId result = TINYC_TRY(emit_channels_last(
      context, context.input(0), [&](ValueId x) { return context.emit(op, {x}, attributes); }));
  return std::vector{result};
}

// The spatial sizes of the operand.
Result<std::vector<std::int64_t>> spatial_sizes(ImportContext& context) {
  TINYC_TRY(check_inputs(context, 1, 1));
  const Shape& shape = context.input_type(0).shape;
  if (shape.rank() < 3) return context.invalid("an operand of rank " + std::to_string(shape.rank()) + " has no spatial axes");
  if (shape.rank() > 5)
    return context.unsupported(std::to_string(shape.rank() - 2) + " spatial axes; up to three are supported");
  return std::vector<std::int64_t>(shape.begin() + 2, shape.end());
}

}  // namespace

Result<std::vector<Type>> infer_pool(const NodeView& node, bool padding_counts) {
  TINYC_TRY(check_operand_count(node, 1, 1));
  TINYC_TRY(check_clamp(node));
  const Type& x = node.operand(0);
  if (x.shape.rank() != 4) return node.error("TC4010", std::string(node.op.name) + " takes an operand [N,H,W,C]");
  const Window2d window = TINYC_TRY(pool_window_of(node));
  const auto [height, width] = TINYC_TRY(window_output(node, window, x.shape[1], x.shape[2]));
  for (int axis = 0; axis < 2; ++axis)
    TINYC_TRY(check_windows(node, window[static_cast<std::size_t>(axis)], x.shape[1 + axis], padding_counts));
  return std::vector{Type{x.dtype, Shape{x.shape[0], height, width, x.shape[3]}}};
}

Window2d checked_pool_window(const NodeView& node) {
  auto window = pool_window_of(node);
  TINYC_CHECK(window.ok(), "inference has checked the window");
  return *window;
}

WindowAxis::Taps counted_taps(const WindowAxis& axis, std::int64_t output, std::int64_t input, bool padding_counts) {
  if (!padding_counts) return axis.taps_inside(output, input);
  return axis.taps_within(output, -axis.pad_before, input + axis.pad_after - axis.uncounted);
}

Result<std::vector<ValueId>> import_pool(ImportContext& context, std::string_view op, Attributes extra) {
  const auto spatial = TINYC_TRY(spatial_sizes(context));
  const auto kernel = TINYC_TRY(required_attribute<std::vector<std::int64_t>>(context, "kernel_shape"));
  const auto window = TINYC_TRY(import_window(context, spatial, kernel));
  if (context.output_count() > 1) return import_max_pool_with_indices(context, window);
  return emit_pool(context, op, window, extra);
}

Result<std::vector<ValueId>> import_global_pool(ImportContext& context, std::string_view op, Attributes extra) {
  std::vector<WindowAxis> window;
  const auto spatial = TINYC_TRY(spatial_sizes(context));
  for (const std::int64_t size : spatial) window.push_back({.kernel = size});
  return emit_pool(context, op, window, extra);
}

void append_window(KernelCall& call, const NodeView& node) {
  const auto [y, x] = checked_pool_window(node);
  const Shape& in = node.operand(0).shape;
  const Shape& out = node.result().shape;
  append(call, "batches", in[0]);
  append(call, "in_height", in[1]);
  append(call, "in_width", in[2]);
  append(call, "out_height", out[1]);
  append(call, "out_width", out[2]);
  append(call, "channels", in[3]);
  append(call, "kernel_height", y.kernel);
  append(call, "kernel_width", x.kernel);
  append(call, "stride_y", y.stride);
  append(call, "stride_x", x.stride);
  append(call, "dilation_y", y.dilation);
  append(call, "dilation_x", x.dilation);
  append(call, "pad_top", y.pad_before);
  append(call, "pad_left", x.pad_before);
}

void append_clamp(KernelCall& call, const NodeView& node) {
  const ClampBounds bounds = clamp_bounds(node.attributes, int8_parameters(node.result()));
  append(call, "clamp_low", bounds.low);
  append(call, "clamp_high", bounds.high);
}

Work work_of_pool(const NodeView& node) {
  const Window2d window = checked_pool_window(node);
  return {.element_ops = node.result().shape.elements() * window[0].kernel * window[1].kernel};
}

}  // namespace tinyc::ops
