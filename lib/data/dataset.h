#pragma once
// Samples for calibration, evaluation and training: one tensor per graph input, in the input's own type
// and shape. Readers of files live in formats/.

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "lib/ir/graph.h"
#include "lib/support/result.h"

namespace tinyc {

class Dataset {
 public:
  virtual ~Dataset() = default;
  virtual std::int64_t size() const = 0;
  virtual std::vector<Tensor> sample(std::int64_t index) const = 0;  // thread safe
  virtual bool is_synthetic() const { return false; }
};

// Samples held in memory; every sample has one tensor per graph input.
std::unique_ptr<Dataset> make_dataset(std::vector<std::vector<Tensor>> samples);

// Seeded standard normal inputs, for when there is no data. Their ranges mean nothing: say so loudly.
std::unique_ptr<Dataset> synthetic_dataset(const Graph& graph, std::int64_t size, std::uint64_t seed);

}  // namespace tinyc
