#include "passes/compress/channel_means.h"

#include <algorithm>
#include <cmath>
#include <mutex>

#include "lib/exec/interpreter.h"

namespace tinyc::passes {
namespace {

// Sums of all samples in units of 2^-32 of the value's range: integers, so that their order does not matter.
struct Sums {
  double unit = 0;
  std::vector<std::int64_t> channels;
};

constexpr double largest_units = 1e12;  // far beyond a range that saturates; 2^23 samples of it fit

double unit_of(const Value& value) {
  const Value::Range range = value.range().value_or(Value::Range{});
  return std::max(std::fabs(static_cast<double>(range.low)), std::fabs(static_cast<double>(range.high))) / 4294967296.0;
}

// The mean over one sample, in units.
std::vector<std::int64_t> mean_of(const Tensor& tensor, std::size_t channels, double unit) {
  std::vector<double> sums(channels, 0);
  const auto values = tensor.data<float>();
  for (std::size_t i = 0; i < values.size(); ++i) sums[i % channels] += static_cast<double>(values[i]);
  std::vector<std::int64_t> mean;
  for (const double sum : sums) {
    const double units = sum * static_cast<double>(channels) / static_cast<double>(values.size()) / unit;
    mean.push_back(std::llround(std::clamp(units, -largest_units, largest_units)));
  }
  return mean;
}

}  // namespace

Result<std::vector<std::vector<double>>> channel_means(const Graph& graph, const std::vector<bool>& wanted,
                                                       const PassContext& context) {
  std::vector<std::vector<double>> means(graph.value_bound());
  const bool has_samples = context.calibration && context.calibration->size() > 0 && !context.calibration->is_synthetic();
  if (!has_samples || std::find(wanted.begin(), wanted.end(), true) == wanted.end()) return means;
  std::vector<Sums> sums(graph.value_bound());
  for (const ValueId id : graph.values()) {
    const Type& type = graph.value(id).type();
    if (!wanted[id.index] || type.shape.rank() == 0 || type.shape.elements() == 0 || !(unit_of(graph.value(id)) > 0)) continue;
    sums[id.index] = {unit_of(graph.value(id)),
                      std::vector<std::int64_t>(static_cast<std::size_t>(type.shape[type.shape.rank() - 1]), 0)};
  }
  std::mutex mutex;
  BatchOptions options;
  options.threads = context.threads;
  if (context.progress)
    options.progress = [&](std::int64_t done, std::int64_t total) { context.progress("averaging", done, total); };
  options.observer = [&](std::int64_t, ValueId id, const Tensor& tensor) {
    auto& [unit, channels] = sums[id.index];
    if (channels.empty()) return;
    const std::vector<std::int64_t> own = mean_of(tensor, channels.size(), unit);
    const std::lock_guard lock(mutex);
    for (std::size_t c = 0; c < channels.size(); ++c) channels[c] += own[c];
  };
  TINYC_TRY(run_batch(graph, *context.calibration, options));
  for (std::size_t i = 0; i < sums.size(); ++i)
    for (const std::int64_t sum : sums[i].channels)
      means[i].push_back(static_cast<double>(sum) * sums[i].unit / static_cast<double>(context.calibration->size()));
  return means;
}

}  // namespace tinyc::passes
