#pragma once
// Adam (Kingma, Ba 2015), with a learning rate of its own for every tensor.

#include <vector>

#include "lib/ir/tensor.h"

namespace tinyc::train {

class Adam {
 public:
  // Steps of `rates[i]` for tensor i, where the gradient keeps its sign.
  explicit Adam(std::vector<double> rates) : rates_(std::move(rates)), moments_(rates_.size()) {}

  // One step against `gradients`, the rates times `factor`. A weight whose `frozen` flag is set stays; an empty list
  // freezes none.
  void step(std::vector<Tensor>& values, const std::vector<Tensor>& gradients, const std::vector<std::vector<bool>>& frozen,
            double factor);

 private:
  struct Moments {
    std::vector<float> mean, square;
  };
  std::vector<double> rates_;
  std::vector<Moments> moments_;
  int steps_ = 0;
};

}  // namespace tinyc::train
