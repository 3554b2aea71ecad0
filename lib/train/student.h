#pragma once
// What of a float graph learns: weights and biases, and the ranges of activations.

#include <optional>
#include <vector>

#include "lib/data/dataset.h"
#include "lib/train/network.h"

namespace tinyc::train {

struct Parameter {
  ValueId value;
  bool is_weight = false;    // rounded when integers are learnt for; biases are not
  int axis = 0;              // of the output channels of a weight
  bool depthwise = false;    // which never has fewer than 8 bits
};

// The float constants that are the weight or the bias of a node, and nothing else, in the order of the nodes.
std::vector<Parameter> learning_parameters(const Graph& graph);

// Elements of a weight that stay zero.
std::vector<bool> zeros_of(const Tensor& tensor);

// The mean magnitude of what is not zero; 0 when everything is.
double mean_magnitude(const Tensor& tensor);

// By value index, the range that an int8 graph would have for the values of the network, of those that keep parameters of their
// own: from the samples, as calibration chooses them, or their operator's.
struct Ranges {
  std::vector<std::optional<Value::Range>> values;
  std::vector<ValueId> learning;  // those from samples
};
Result<Ranges> observe_ranges(const Network& network, const std::vector<Tensor>& parameters,
                              const std::vector<std::vector<Tensor>>& samples, int threads);

}  // namespace tinyc::train
