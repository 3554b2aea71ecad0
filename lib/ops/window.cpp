#include "lib/ops/window.h"

#include <algorithm>

#include "lib/ops/checks.h"
#include "lib/ops/import_util.h"

namespace tinyc::ops {
namespace {

// Sizes beyond this cannot be met by a tensor within Shape::max_elements; products of two stay in range.
constexpr std::int64_t largest = std::int64_t{1} << 30;

bool all_within(const std::vector<std::int64_t>& values, std::int64_t low) {
  return std::all_of(values.begin(), values.end(), [&](std::int64_t v) { return v >= low && v <= largest; });
}

std::int64_t ceil_div(std::int64_t a, std::int64_t b) { return a >= 0 ? (a + b - 1) / b : -(-a / b); }

// Pads so that there are ceil(input / stride) outputs; an odd one goes after (SAME_UPPER) or before.
void pad_same(WindowAxis& axis, std::int64_t input, bool odd_before) {
  const std::int64_t outputs = ceil_div(input, axis.stride);
  const std::int64_t total = std::max<std::int64_t>(0, (outputs - 1) * axis.stride + axis.extent() - input);
  axis.pad_before = odd_before ? (total + 1) / 2 : total / 2;
  axis.pad_after = total - axis.pad_before;
}

// Sets pad_after so that the last, partial window exists too, unless it would start beyond the input and
// the padding before it.
void pad_for_ceil(WindowAxis& axis, std::int64_t input) {
  const std::int64_t room = input + axis.pad_before + axis.pad_after - axis.extent();
  std::int64_t outputs = ceil_div(room, axis.stride) + 1;
  if ((outputs - 1) * axis.stride >= input + axis.pad_before) --outputs;
  const std::int64_t needed = (outputs - 1) * axis.stride + axis.extent() - input - axis.pad_before;
  axis.uncounted = std::max<std::int64_t>(0, needed - axis.pad_after);
  axis.pad_after = std::max<std::int64_t>(0, needed);
}

}  // namespace

std::int64_t WindowAxis::output_size(std::int64_t input) const {
  const std::int64_t room = input + pad_before + pad_after - extent();
  return room < 0 ? 0 : room / stride + 1;
}

WindowAxis::Taps WindowAxis::taps_within(std::int64_t output, std::int64_t low, std::int64_t high) const {
  const std::int64_t position = start(output);
  const std::int64_t first = std::clamp<std::int64_t>(ceil_div(low - position, dilation), 0, kernel);
  const std::int64_t last = std::clamp<std::int64_t>(ceil_div(high - position, dilation), first, kernel);
  return {first, last};
}

Result<std::vector<WindowAxis>> import_window(const ImportContext& context, const std::vector<std::int64_t>& spatial,
                                              const std::vector<std::int64_t>& kernel) {
  using Integers = std::vector<std::int64_t>;
  const std::size_t rank = spatial.size();
  const auto strides = TINYC_TRY(attribute_or<Integers>(context, "strides", Integers(rank, 1)));
  const auto dilations = TINYC_TRY(attribute_or<Integers>(context, "dilations", Integers(rank, 1)));
  const auto pads = TINYC_TRY(attribute_or<Integers>(context, "pads", Integers(2 * rank, 0)));
  const auto kernel_shape = TINYC_TRY(attribute_or<Integers>(context, "kernel_shape", kernel));
  const auto auto_pad = TINYC_TRY(attribute_or<std::string>(context, "auto_pad", "NOTSET"));
  const bool ceil_mode = TINYC_TRY(integer_attribute(context, "ceil_mode", 0)) != 0;
  if (kernel.size() != rank || strides.size() != rank || dilations.size() != rank || pads.size() != 2 * rank)
    return context.invalid("kernel_shape, strides, dilations or pads do not fit " + std::to_string(rank) +
                           " spatial axes");
  if (kernel_shape != kernel) return context.invalid("kernel_shape differs from the shape of the weights");
  if (!all_within(kernel, 1) || !all_within(strides, 1) || !all_within(dilations, 1))
    return context.invalid("kernel_shape, strides and dilations must be positive");
  if (!all_within(pads, -largest)) return context.invalid("pads are out of range");
  if (!all_within(pads, 0)) return context.unsupported("negative pads", "slice the input instead");
  if (auto_pad != "NOTSET" && auto_pad != "VALID" && auto_pad != "SAME_UPPER" && auto_pad != "SAME_LOWER" &&
      !auto_pad.empty())
    return context.invalid("unknown auto_pad '" + auto_pad + "'");

  std::vector<WindowAxis> window(rank);
  for (std::size_t i = 0; i < rank; ++i) {
    WindowAxis& axis = window[i];
    axis = {kernel[i], strides[i], dilations[i]};
    if (auto_pad == "SAME_UPPER" || auto_pad == "SAME_LOWER") {
      pad_same(axis, spatial[i], auto_pad == "SAME_LOWER");
    } else if (auto_pad != "VALID") {
      axis.pad_before = pads[i];
      axis.pad_after = pads[i + rank];
    }
    if (axis.output_size(spatial[i]) < 1 && !ceil_mode)
      return context.invalid("the kernel is larger than the padded input along spatial axis " + std::to_string(i));
    if (ceil_mode) pad_for_ceil(axis, spatial[i]);
  }
  return window;
}

Window2d to_2d(const std::vector<WindowAxis>& window) {
  TINYC_CHECK(window.size() == 1 || window.size() == 2, "a window of one or two spatial axes");
  return window.size() == 2 ? Window2d{window[0], window[1]} : Window2d{WindowAxis{}, window[0]};
}

Attributes window_attributes(const Window2d& window) {
  const auto& [y, x] = window;
  using Integers = std::vector<std::int64_t>;
  return {{"strides", Integers{y.stride, x.stride}},
          {"dilations", Integers{y.dilation, x.dilation}},
          {"pads", Integers{y.pad_before, x.pad_before, y.pad_after, x.pad_after}}};
}

Attributes pool_attributes(const Window2d& window) {
  const auto& [y, x] = window;
  Attributes attributes = window_attributes(window);
  attributes.set("kernel", std::vector<std::int64_t>{y.kernel, x.kernel});
  if (y.uncounted || x.uncounted) attributes.set("uncounted", std::vector<std::int64_t>{y.uncounted, x.uncounted});
  return attributes;
}

Result<Window2d> window_of(const NodeView& node, std::int64_t kernel_height, std::int64_t kernel_width) {
  const auto strides = TINYC_TRY(require_integers(node, "strides"));
  const auto dilations = TINYC_TRY(require_integers(node, "dilations"));
  const auto pads = TINYC_TRY(require_integers(node, "pads"));
  const auto uncounted = node.attributes.has("uncounted") ? TINYC_TRY(require_integers(node, "uncounted"))
                                                          : std::vector<std::int64_t>{0, 0};
  if (strides.size() != 2 || dilations.size() != 2 || pads.size() != 4 || uncounted.size() != 2 ||
      !all_within({kernel_height, kernel_width}, 1) || !all_within(strides, 1) || !all_within(dilations, 1) ||
      !all_within(pads, 0) || !all_within(uncounted, 0))
    return node.error("TC4002", "strides, dilations or pads of " + std::string(node.op.name) + " are not valid");
  return Window2d{WindowAxis{kernel_height, strides[0], dilations[0], pads[0], pads[2], uncounted[0]},
                  WindowAxis{kernel_width, strides[1], dilations[1], pads[1], pads[3], uncounted[1]}};
}

Result<Window2d> pool_window_of(const NodeView& node) {
  const auto kernel = TINYC_TRY(require_integers(node, "kernel"));
  if (kernel.size() != 2) return node.error("TC4002", "the kernel of a pool needs two sizes");
  return window_of(node, kernel[0], kernel[1]);
}

Result<std::array<std::int64_t, 2>> window_output(const NodeView& node, const Window2d& window, std::int64_t height,
                                                  std::int64_t width) {
  const std::array<std::int64_t, 2> output{window[0].output_size(height), window[1].output_size(width)};
  if (output[0] < 1 || output[1] < 1)
    return node.error("TC4002", "a kernel of " + std::to_string(window[0].kernel) + "x" +
                                    std::to_string(window[1].kernel) + " does not fit the padded input of " +
                                    std::to_string(height) + "x" + std::to_string(width));
  return output;
}

std::int64_t lead_of_rows(const WindowAxis& rows, std::int64_t out_rows, std::int64_t out_row, std::int64_t in_row) {
  std::int64_t lead = 0;
  for (std::int64_t o = 0; o < out_rows; ++o)
    lead = std::max(lead, (o + 1) * out_row - std::max<std::int64_t>(0, rows.start(o)) * in_row);
  return lead;
}

}  // namespace tinyc::ops
