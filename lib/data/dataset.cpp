#include "lib/data/dataset.h"

#include "lib/support/check.h"
#include "lib/support/rng.h"

namespace tinyc {
namespace {

class MemoryDataset final : public Dataset {
 public:
  explicit MemoryDataset(std::vector<std::vector<Tensor>> samples) : samples_(std::move(samples)) {}
  std::int64_t size() const override { return static_cast<std::int64_t>(samples_.size()); }
  std::vector<Tensor> sample(std::int64_t index) const override {
    TINYC_CHECK(index >= 0 && index < size(), "a sample within the dataset");
    return samples_[static_cast<std::size_t>(index)];
  }

 private:
  std::vector<std::vector<Tensor>> samples_;
};

// Standard normal numbers for floats, the whole range of 8-bit integers, 0 and 1 for the others (indices, masks).
Tensor random_tensor(const Type& type, Rng& rng) {
  Tensor tensor(DType::f64, type.shape);
  for (double& x : tensor.mutable_data<double>()) {
    if (is_float(type.dtype)) x = rng.normal();
    else if (type.dtype == DType::i8) x = static_cast<double>(rng.integer(-128, 127));
    else if (type.dtype == DType::u8) x = static_cast<double>(rng.integer(0, 255));
    else x = static_cast<double>(rng.integer(0, 1));
  }
  return tensor.cast(type.dtype);
}

class SyntheticDataset final : public Dataset {
 public:
  SyntheticDataset(std::vector<Type> types, std::int64_t size, std::uint64_t seed)
      : types_(std::move(types)), size_(size), seed_(seed) {}
  std::int64_t size() const override { return size_; }
  bool is_synthetic() const override { return true; }
  std::vector<Tensor> sample(std::int64_t index) const override {
    TINYC_CHECK(index >= 0 && index < size(), "a sample within the dataset");
    Rng rng(Rng(seed_).next() ^ Rng(static_cast<std::uint64_t>(index)).next());  // independent of other samples
    std::vector<Tensor> inputs;
    for (const Type& type : types_) inputs.push_back(random_tensor(type, rng));
    return inputs;
  }

 private:
  std::vector<Type> types_;
  std::int64_t size_;
  std::uint64_t seed_;
};

}  // namespace

std::unique_ptr<Dataset> make_dataset(std::vector<std::vector<Tensor>> samples) {
  return std::make_unique<MemoryDataset>(std::move(samples));
}

std::unique_ptr<Dataset> synthetic_dataset(const Graph& graph, std::int64_t size, std::uint64_t seed) {
  std::vector<Type> types;
  for (const ValueId input : graph.inputs()) types.push_back(graph.value(input).type());
  return std::make_unique<SyntheticDataset>(std::move(types), size, seed);
}

}  // namespace tinyc
