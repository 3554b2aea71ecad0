#pragma once
// Constants of a graph that is being quantized: stored once per parameters, named as before.

#include <map>
#include <span>
#include <string>
#include <vector>

#include "lib/ir/graph.h"

namespace tinyc::passes {

class QuantizedConstants {
 public:
  explicit QuantizedConstants(Graph& graph) : graph_(graph) {}

  // The constant `original` stored as `tensor` with these parameters; equal ones are shared.
  ValueId store(ValueId original, Tensor tensor, const Quantization& quantization);

  // Removes the float constants nobody uses any more and gives their names to what replaced them.
  void finish();

 private:
  struct Stored {
    ValueId original, value;
    std::string name;  // of the original
  };
  Graph& graph_;
  std::vector<Stored> stored_;
};

// Weights (channels along `axis`) and their optional bias, quantized for an input of this scale, with the largest
// accumulator any input can make of them (|bias| + 256 * sum|w|, proved below 2^31).
struct QuantizedWeights {
  Tensor weights, bias;  // i8; i32, empty without a bias
  Quantization weight_quantization, bias_quantization;
  std::int64_t accumulator_bound = 0;
  std::int64_t raised_channels = 0;  // whose scale exceeds max|w| / 127
  std::int64_t unmet_channels = 0;   // with another scale than the pinned one
};
// Channels take the scales of `pinned`, where they fit int8 without a zero point and nothing overflows. `input_means`, where there
// are any, of each input channel (the weights' last axis, once per group): the bias makes up for what rounding weights that are
// not pinned adds to the mean of the result. `levels`: the largest stored weight.
QuantizedWeights quantize_weights(const Tensor& weights, const Tensor* bias, int axis, double input_scale,
                                  const std::optional<Quantization>& pinned = std::nullopt,
                                  std::span<const double> input_means = {}, int levels = 127);

}  // namespace tinyc::passes
