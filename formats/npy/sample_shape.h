#pragma once
// How the samples of an array fit a model's input.

#include <optional>
#include <string>

#include "formats/npy/dataset.h"

namespace tinyc {

// Moving the channel axis to the other end transposes the sample, seen as a matrix; 0 rows: taken as it is.
struct SampleFit {
  std::int64_t rows = 0, columns = 0;
};

// TC6030, with both shapes and the remedy, when the meaning of the samples is not certain. `array` is N x the
// samples' shape; `where` names the data and `input_name` the model's input in messages.
Result<SampleFit> fit_sample(const Shape& array, const Shape& input, std::optional<DataLayout> layout,
                             const std::string& where, const std::string& input_name);

// The sample's elements in the order of the model's input; the shape is the caller's business.
Tensor arrange_sample(const Tensor& sample, const SampleFit& fit);

}  // namespace tinyc
