#pragma once
// Convolutions and fully connected layers as matrix products, one per group: rows of what the layer reads, one per output
// position, times the transpose of weights [outputs, depth].

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "lib/ops/conv2d.h"

namespace tinyc {

class DenseLayer {
 public:
  // Nothing for other operators and for weights computed at run time.
  static std::optional<DenseLayer> of(const NodeView& node);

  std::size_t groups = 1, outputs = 0, depth = 0;  // outputs and depth of one group
  std::size_t positions = 0;                       // rows of one sample
  bool is_convolution = false;
  bool depthwise() const { return groups > 1 && outputs == 1 && is_convolution; }

  // The row of one group at one position, as real numbers; padding is zero. `x` is a value of the layer's operand: real, or
  // stored with these parameters.
  void gather(const Tensor& x, const Type& type, std::size_t group, std::size_t position, float* row) const;
  // Group `group` of the layer's weights [groups * outputs, depth].
  template <class T>
  std::span<const T> weights_of(std::span<const T> all, std::size_t group) const {
    return all.subspan(group * outputs * depth, outputs * depth);
  }

 private:
  std::optional<ops::Conv2dSizes> conv_;
};

}  // namespace tinyc
