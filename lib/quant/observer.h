#pragma once
// Observers see the values of one activation over the calibration data and propose the range of real values that
// int8 shall cover. Threads observe into observers of their own, which are merged afterwards: whatever an observer
// keeps must not depend on the order (extremes, integer counts), so that the result is the same for any number of
// threads.

#include <memory>
#include <span>
#include <string_view>

#include "lib/ir/graph.h"

namespace tinyc {

class Observer {
 public:
  virtual ~Observer() = default;
  virtual void observe(std::span<const float> values) = 0;  // finite ones
  virtual void merge(const Observer& other) = 0;            // of the same kind
  // {0, 0} when nothing was observed.
  virtual Value::Range range() const = 0;
};

// A way to choose ranges. Methods that need the extremes first (histograms) run over the data twice: their
// observers are made with what min_max found.
struct ObserverMethod {
  std::string_view name;     // "min-max"
  std::string_view summary;  // for --help
  bool needs_extremes = false;
  std::unique_ptr<Observer> (*make)(const Value::Range& extremes);
};

// The extremes of everything that was seen.
const ObserverMethod& min_max_method();
// The range of least squared error, rounding and saturation taken together.
const ObserverMethod& squared_error_method();
// All but the outermost 0.01 % of the values on either side.
const ObserverMethod& percentile_method();
// The range that keeps most of the distribution of magnitudes: least Kullback-Leibler divergence of it, clipped, from its 128 steps.
const ObserverMethod& entropy_method();

std::span<const ObserverMethod* const> observer_methods();
const ObserverMethod* find_observer_method(std::string_view name);

}  // namespace tinyc
