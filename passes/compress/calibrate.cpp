// calibrate: runs the graph in float over the calibration samples and records the range of every real activation.
//
//   %y: f32[1,8] = relu(%x)  ->  %y: f32[1,8] range(0, 5.25) = relu(%x)
//
// When: on a canonical graph, after everything that changes its real values (pruning), before quantize. The ranges
// do not depend on the number of threads. Ranges that distill has learnt stay. Values with pinned parameters have the range that these can hold, those with
// parameters of their operator's (softmax) theirs; where all have, no samples are needed.

#include <array>
#include <cmath>
#include <limits>
#include <mutex>

#include "lib/exec/interpreter.h"
#include "lib/pass/pass.h"
#include "lib/pass/spread_pins.h"
#include "lib/quant/observer.h"
#include "lib/support/text.h"

namespace tinyc::passes {
namespace {

// The observers of all real activations, shared by the threads.
class Observation {
 public:
  Observation(const Graph& graph, const ObserverMethod& method, std::vector<Value::Range> extremes)
      : graph_(graph), method_(method), extremes_(std::move(extremes)), observers_(graph.value_bound()) {
    for (const ValueId id : graph.values())
      if (!graph.value(id).is_constant() && graph.value(id).type().dtype == DType::f32)
        observers_[id.index] = method.make(extremes_[id.index]);
  }

  void observe(std::int64_t sample, ValueId id, const Tensor& tensor) {
    if (!observers_[id.index]) return;
    const auto values = tensor.data<float>();
    const auto own = method_.make(extremes_[id.index]);
    own->observe(values);
    bool finite = true;
    for (const float x : values) finite = finite && std::isfinite(x);
    const std::lock_guard lock(mutexes_[id.index % mutexes_.size()]);
    observers_[id.index]->merge(*own);
    if (!finite) report_failure(sample, id);
  }

  // TC6034 with the lowest sample that overflowed, and the first of its values that did.
  Status failure() const {
    if (failed_sample_ < 0) return {};
    return Error("TC6034", graph_.value(failed_value_).name(),
                 "calibration sample " + std::to_string(failed_sample_) + " makes this value infinite or NaN in float",
                 "check the data's scaling (--scale, --offset) and the model");
  }

  std::vector<Value::Range> ranges() const {
    std::vector<Value::Range> ranges(observers_.size());
    for (std::size_t i = 0; i < observers_.size(); ++i)
      if (observers_[i]) ranges[i] = observers_[i]->range();
    return ranges;
  }

 private:
  void report_failure(std::int64_t sample, ValueId id) {
    const std::lock_guard lock(failure_mutex_);
    if (failed_sample_ >= 0 && failed_sample_ <= sample) return;
    failed_sample_ = sample;
    failed_value_ = id;
  }

  const Graph& graph_;
  const ObserverMethod& method_;
  std::vector<Value::Range> extremes_;
  std::vector<std::unique_ptr<Observer>> observers_;  // by value index; none for constants and integers
  std::array<std::mutex, 64> mutexes_;
  std::mutex failure_mutex_;
  std::int64_t failed_sample_ = -1;
  ValueId failed_value_;
};

Result<std::vector<Value::Range>> observe(const Graph& graph, const PassContext& context, const ObserverMethod& method,
                                          std::vector<Value::Range> extremes) {
  Observation observation(graph, method, std::move(extremes));
  BatchOptions options;
  options.threads = context.threads;
  if (context.progress)
    options.progress = [&](std::int64_t done, std::int64_t total) { context.progress("calibrating", done, total); };
  options.observer = [&](std::int64_t sample, ValueId id, const Tensor& tensor) { observation.observe(sample, id, tensor); };
  TINYC_TRY(run_batch(graph, *context.calibration, options));
  TINYC_TRY(observation.failure());
  return observation.ranges();
}

Value::Range range_of(const Quantization& quantization) {
  const float scale = quantization.scale.front();
  const auto zero_point = static_cast<float>(quantization.zero_point.front());
  return {scale * (-128 - zero_point), scale * (127 - zero_point)};
}

// The range of a value whose parameters do not depend on samples.
std::optional<Value::Range> known_range(const Graph& graph, ValueId id) {
  const Value& value = graph.value(id);
  if (value.pinned() && value.pinned()->is_per_tensor()) return range_of(*value.pinned());
  if (!value.producer().valid()) return std::nullopt;
  const NodeView node = view(graph, value.producer());
  if (!node.op.quantization) return std::nullopt;
  const QuantRule rule = (*node.op.quantization)(node);
  return rule.result == QuantRule::Result::fixed ? std::optional(range_of(*rule.fixed)) : std::nullopt;
}

// Records the ranges of a graph with pinned values that need no samples; whether no real value is left without one.
bool set_known_ranges(Graph& graph) {
  bool any_pin = false, all = true;
  for (const ValueId id : graph.values()) {
    if (graph.value(id).is_constant() || graph.value(id).type().dtype != DType::f32) continue;
    any_pin = any_pin || graph.value(id).pinned();
    const auto known = known_range(graph, id), range = known ? known : graph.value(id).range();
    graph.set_range(id, range);
    all = all && range;
  }
  return any_pin && all;
}

Result<Changed> run(Graph& graph, PassContext& context) {
  spread_pins(graph);
  if (set_known_ranges(graph)) {
    context.note("calibrate", "",
                 {{"method", std::string("pinned")}, {"samples", std::int64_t{0}}, {"synthetic", std::int64_t{0}}});
    return Changed::yes;
  }
  TINYC_CHECK(context.calibration != nullptr, "calibration without samples");
  const std::string& name = context.options.text("method");
  const ObserverMethod* method = find_observer_method(name);
  if (!method) {
    std::vector<std::string> known;
    for (const ObserverMethod* each : observer_methods()) known.emplace_back(each->name);
    return Error("TC5041", "calibrate", "there is no calibration method '" + name + "'", "use " + join(known, ", "));
  }
  if (context.calibration->size() == 0) return Error("TC6032", "calibrate", "there are no calibration samples");

  std::vector<Value::Range> ranges(graph.value_bound());
  if (method->needs_extremes) ranges = TINYC_TRY(observe(graph, context, min_max_method(), ranges));
  ranges = TINYC_TRY(observe(graph, context, *method, ranges));
  for (const ValueId id : graph.values())
    if (!graph.value(id).is_constant() && graph.value(id).type().dtype == DType::f32 &&
        !graph.value(id).range())
      graph.set_range(id, ranges[id.index]);
  context.note("calibrate", "",
               {{"method", name}, {"samples", context.calibration->size()},
                {"synthetic", std::int64_t{context.calibration->is_synthetic()}}});
  return Changed::yes;
}

}  // namespace

const Pass& calibrate() {
  static const Pass pass{{.name = "calibrate",
                          .summary = "records the range of every activation over the calibration samples",
                          .stages = {Stage::canonical},
                          .becomes = Stage::calibrated,
                          .options = {{"method", std::string("min-max"), "how ranges are chosen: min-max, mse, percentile, entropy"}}},
                         run};
  return pass;
}

}  // namespace tinyc::passes
