#pragma once
// How far one model's results are from another's: the loss that a student learns by, and what is told of it.

#include <span>
#include <vector>

#include "lib/quant/metrics.h"
#include "lib/train/network.h"

namespace tinyc::train {

enum class Loss : std::uint8_t {
  divergence,     // Kullback-Leibler of softmax(x / temperature) along the last axis, times temperature^2
  squared_error,  // mean, relative to the teacher's variance
};

// A pair of values that shall be alike: before the softmax, where an output of either model is one.
struct End {
  ValueId student, teacher;
  Loss loss = Loss::squared_error;
  std::int64_t vector = 1;   // elements of one softmax
  bool classifies = false;   // the largest element means something
  double variance = 1;       // of the teacher's values
};

// TC6070 when inputs differ, or outputs differ in number or size, or are not float.
Result<std::vector<End>> ends_of(const Graph& student, const Graph& teacher);

inline constexpr double temperature = 2;

// The loss of one end for one sample; its derivatives by the student's values into `gradient`, unless that is null.
double loss_of(const End& end, const Tensor& student, const Tensor& teacher, Tensor* gradient);

// Over samples. Agreement is of the first end that classifies; without one, its total is 0.
struct Score {
  Share agreement;
  double loss = 0;  // mean
  // More agreement, or as much with less loss.
  bool better_than(const Score& other) const {
    return agreement.hits != other.agreement.hits ? agreement.hits > other.agreement.hits : loss < other.loss;
  }
};

}  // namespace tinyc::train
