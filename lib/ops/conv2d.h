#pragma once
// One convolution, as conv2d.cpp evaluates it and the conv2d_*.cpp beside it lower it: each of these offers kernels for a
// kind of core.

#include <optional>
#include <span>
#include <vector>

#include "lib/ops/window.h"

namespace tinyc::ops {

// Sizes of one convolution: x [n,height,width,channels], weights [outputs,kernel y,kernel x,group_channels].
struct Conv2dSizes {
  std::int64_t n, height, width, channels;
  std::int64_t outputs, group_channels, groups;
  std::int64_t out_height, out_width;
  Window2d window;

  std::int64_t group_outputs() const { return outputs / groups; }
  bool depthwise() const { return groups == channels && group_outputs() == 1; }
  std::int64_t taps() const { return window[0].kernel * window[1].kernel; }
  bool pointwise() const;  // 1x1, stride 1, one group, no padding
};

// TC4011 for operands and attributes that make no convolution.
Result<Conv2dSizes> conv2d_sizes(const NodeView& node);

// Weights [outputs, taps, 1] of a depthwise convolution as [taps, outputs].
template <class T>
std::vector<T> transpose_depthwise(const Conv2dSizes& s, std::span<const T> weights) {
  std::vector<T> transposed(weights.size());
  for (std::int64_t o = 0; o < s.outputs; ++o)
    for (std::int64_t tap = 0; tap < s.taps(); ++tap)
      transposed[static_cast<std::size_t>(tap * s.outputs + o)] = weights[static_cast<std::size_t>(o * s.taps() + tap)];
  return transposed;
}

// The fields kernel_height ... pad_left, and in_zero_point, of a kernel.
void append_conv2d_window(const Conv2dSizes& sizes, std::vector<KernelParam>& params);
void append_conv2d_window(const NodeView& node, const Conv2dSizes& sizes, std::vector<KernelParam>& params);

// A depthwise kernel with weights [taps, channels], plain and as a model for others.
KernelCall conv2d_depthwise(const NodeView& node, const Conv2dSizes& sizes, Tensor bias);

// Of quantized nodes that have kernels at all; each nothing when it does not suit.
KernelCall conv2d_plain(const NodeView& node, const Conv2dSizes& sizes);
std::optional<KernelCall> conv2d_dsp(const NodeView& node, const Conv2dSizes& sizes, const CoreFeatures& features);  // with SMLAD
std::optional<KernelCall> conv2d_mve(const NodeView& node, const Conv2dSizes& sizes);  // with MVE
std::optional<KernelCall> conv2d_thumb(const NodeView& node, const Conv2dSizes& sizes);  // without either
// 3x3 on cores with SMLAD, where that takes clearly fewer cycles than direct_cycles.
std::optional<KernelCall> conv2d_winograd(const NodeView& node, const Conv2dSizes& sizes, double direct_cycles,
                                          const CoreFeatures& features);

// With MVE, of few channels; `planar`: of an input [n,channels,height,width].
std::optional<KernelCall> conv2d_mve_gather(const NodeView& node, const Conv2dSizes& sizes, bool planar);

// The calls of conv2d's OpDef.
Result<std::vector<KernelCall>> lower_conv2d(const NodeView& node, const CoreFeatures& features);
Result<std::vector<KernelCall>> lower_conv2d_float(const NodeView& node, const CoreFeatures& features);

}  // namespace tinyc::ops
