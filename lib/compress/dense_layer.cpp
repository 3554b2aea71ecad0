#include "lib/compress/dense_layer.h"

#include <algorithm>

namespace tinyc {

std::optional<DenseLayer> DenseLayer::of(const NodeView& node) {
  if (!node.constant(1) || node.constant(1)->elements() == 0) return std::nullopt;
  const Shape& weights = node.operand(1).shape;
  DenseLayer layer;
  if (node.op.name == "conv2d") {
    auto sizes = ops::conv2d_sizes(node);
    if (!sizes.ok()) return std::nullopt;
    layer.conv_ = *sizes;
    layer.is_convolution = true;
    layer.groups = static_cast<std::size_t>(sizes->groups);
    layer.outputs = static_cast<std::size_t>(sizes->group_outputs());
    layer.depth = static_cast<std::size_t>(sizes->taps() * sizes->group_channels);
    layer.positions = static_cast<std::size_t>(sizes->n * sizes->out_height * sizes->out_width);
  } else if (node.op.name == "fully_connected") {
    layer.outputs = static_cast<std::size_t>(weights[0]);
    layer.depth = static_cast<std::size_t>(weights[1]);
    layer.positions = static_cast<std::size_t>(node.operand(0).shape.elements()) / layer.depth;
  } else {
    return std::nullopt;
  }
  return layer.positions > 0 ? std::optional(layer) : std::nullopt;
}

namespace {

// Copies `count` elements as real numbers.
template <class T>
void copy_real(const T* from, std::size_t count, float scale, float zero_point, float* to) {
  for (std::size_t i = 0; i < count; ++i) to[i] = (static_cast<float>(from[i]) - zero_point) * scale;
}

template <class T>
void gather_from(const ops::Conv2dSizes& s, const T* x, std::size_t group, std::size_t position, float scale, float zero_point,
                 float* row) {
  const auto at = static_cast<std::int64_t>(position);
  const std::int64_t ox = at % s.out_width, oy = at / s.out_width % s.out_height, n = at / s.out_width / s.out_height;
  std::fill_n(row, s.taps() * s.group_channels, 0.0f);
  const auto [y_first, y_last] = s.window[0].taps_inside(oy, s.height);
  const auto [x_first, x_last] = s.window[1].taps_inside(ox, s.width);
  for (std::int64_t ky = y_first; ky < y_last; ++ky)
    for (std::int64_t kx = x_first; kx < x_last; ++kx) {
      const std::int64_t iy = s.window[0].start(oy) + ky * s.window[0].dilation;
      const std::int64_t ix = s.window[1].start(ox) + kx * s.window[1].dilation;
      copy_real(x + ((n * s.height + iy) * s.width + ix) * s.channels + static_cast<std::int64_t>(group) * s.group_channels,
                static_cast<std::size_t>(s.group_channels), scale, zero_point,
                row + (ky * s.window[1].kernel + kx) * s.group_channels);
    }
}

}  // namespace

void DenseLayer::gather(const Tensor& x, const Type& type, std::size_t group, std::size_t position, float* row) const {
  const bool stored = type.is_quantized();
  const float scale = stored ? type.quantization->scale.front() : 1.0f;
  const float zero_point = stored ? static_cast<float>(type.quantization->zero_point.front()) : 0.0f;
  const auto from = [&](const auto* data) {
    if (conv_) gather_from(*conv_, data, group, position, scale, zero_point, row);
    else copy_real(data + position * depth, depth, scale, zero_point, row);
  };
  if (stored) from(x.data<std::int8_t>().data());
  else from(x.data<float>().data());
}

}  // namespace tinyc
