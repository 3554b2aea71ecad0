#pragma once
// Sliding windows of convolutions and pools: their reading from ONNX, their sizes, their form in the IR.

#include <array>
#include <vector>

#include "lib/ir/op_def.h"

namespace tinyc::ops {

// One spatial axis. Tap t of output position o reads input position o * stride - pad_before + t * dilation.
struct WindowAxis {
  std::int64_t kernel = 1;
  std::int64_t stride = 1;
  std::int64_t dilation = 1;
  std::int64_t pad_before = 0;
  std::int64_t pad_after = 0;
  std::int64_t uncounted = 0;  // of pad_after: added by ceil_mode, never part of an average

  std::int64_t extent() const { return (kernel - 1) * dilation + 1; }
  std::int64_t start(std::int64_t output) const { return output * stride - pad_before; }
  // The number of output positions: floor((input + pads - extent) / stride) + 1; below 1 when none fits.
  std::int64_t output_size(std::int64_t input) const;
  // Taps [first, last) of an output position lie inside the input; first == last when none does.
  struct Taps {
    std::int64_t first, last;
    std::int64_t count() const { return last - first; }
  };
  Taps taps_inside(std::int64_t output, std::int64_t input) const { return taps_within(output, 0, input); }
  // The same for the input positions [low, high).
  Taps taps_within(std::int64_t output, std::int64_t low, std::int64_t high) const;
  bool operator==(const WindowAxis&) const = default;
};

// The attributes auto_pad, ceil_mode, dilations, pads, strides (and kernel_shape, which must equal `kernel`
// when it is there) of an ONNX Conv or pool whose input has these spatial sizes. One entry per spatial axis.
// auto_pad and ceil_mode are resolved into pads.
Result<std::vector<WindowAxis>> import_window(const ImportContext& context, const std::vector<std::int64_t>& spatial,
                                              const std::vector<std::int64_t>& kernel);

// Height and width; one spatial axis is the width of a height of 1. There must be one or two axes.
using Window2d = std::array<WindowAxis, 2>;
Window2d to_2d(const std::vector<WindowAxis>& window);

// The attributes strides[2], dilations[2], pads[4] = top, left, bottom, right; pools have kernel[2] too, and
// uncounted[2] = bottom, right where it is not zero.
Attributes window_attributes(const Window2d& window);
Attributes pool_attributes(const Window2d& window);

// The inverse, checked for inference; the kernel of a convolution comes from its weights.
Result<Window2d> window_of(const NodeView& node, std::int64_t kernel_height, std::int64_t kernel_width);
Result<Window2d> pool_window_of(const NodeView& node);
// The result's height and width for an input of these; an error when no window fits.
Result<std::array<std::int64_t, 2>> window_output(const NodeView& node, const Window2d& window, std::int64_t height,
                                                  std::int64_t width);

// Bytes by which the result of a kernel that works row by row must begin before its input, to overwrite only rows that no
// window reads any more (KernelCall::lead). Row sizes in bytes.
std::int64_t lead_of_rows(const WindowAxis& rows, std::int64_t out_rows, std::int64_t out_row, std::int64_t in_row);

}  // namespace tinyc::ops
