#include "lib/train/distill.h"

#include <fmt/format.h>

#include <algorithm>
#include <bit>
#include <cmath>
#include <numbers>
#include <numeric>

#include "lib/support/rng.h"
#include "lib/train/augment.h"
#include "lib/train/optimizer.h"
#include "lib/train/parallel.h"
#include "lib/train/student.h"

namespace tinyc::train {
namespace {

using Samples = std::vector<std::vector<Tensor>>;

constexpr std::int64_t batch_size = 32;
constexpr std::int64_t shards = 8;         // of a batch: each adds up its own gradients, whatever the number of threads
constexpr double learning_rate = 0.01;     // of the mean magnitude of a tensor, per step
constexpr double good_agreement = 0.9;     // from here on half of that
constexpr double range_rate = 0.01;        // of that of weights, relative to the width of a range: what is cut off stays little
constexpr double epoch_work = 4e11;        // multiply-accumulates of all epochs together, when their number is not given

Samples samples_of(const Dataset& data, const std::function<bool(std::int64_t)>& wanted) {
  Samples samples;
  for (std::int64_t i = 0; i < data.size(); ++i)
    if (wanted(i)) samples.push_back(data.sample(i));
  return samples;
}

std::vector<ValueId> student_ends(const std::vector<End>& ends) {
  std::vector<ValueId> values;
  for (const End& end : ends) values.push_back(end.student);
  return values;
}
std::vector<ValueId> teacher_ends(const std::vector<End>& ends) {
  std::vector<ValueId> values;
  for (const End& end : ends) values.push_back(end.teacher);
  return values;
}

std::int64_t macs_of(const Network& network) {
  std::int64_t macs = 0;
  for (const NodeId id : network.graph().nodes()) {
    const NodeView node = view(network.graph(), id);
    macs += node.op.work(node).macs;
  }
  return macs;
}

// What the teacher says of each sample.
Result<Samples> answers(const Network& teacher, const Samples& samples, int threads) {
  Samples all(samples.size());
  TINYC_TRY(for_each_piece(static_cast<std::int64_t>(samples.size()), threads, [&](std::int64_t i) -> Status {
    const auto at = static_cast<std::size_t>(i);
    all[at] = TINYC_TRY(teacher.evaluate(samples[at], {}, {}, nullptr));
    for (const Tensor& tensor : all[at])
      for (const float value : tensor.data<float>())
        if (!std::isfinite(value))
          return Error("TC6072", "teacher", "the teacher answers sample " + std::to_string(i) + " with NaN or infinity",
                       "check the data's scaling (--scale, --offset) and the teacher");
    return {};
  }));
  return all;
}

void measure_variance(std::vector<End>& ends, const Samples& answers) {
  for (std::size_t k = 0; k < ends.size(); ++k) {
    double sum = 0, squares = 0, count = 0;
    for (const auto& answer : answers)
      for (const float value : answer[k].data<float>()) {
        sum += static_cast<double>(value);
        squares += static_cast<double>(value) * static_cast<double>(value);
        ++count;
      }
    const double variance = squares / count - (sum / count) * (sum / count);
    ends[k].variance = variance > 0 ? variance : 1;
  }
}

// Everything that learns, at one time.
struct State {
  std::vector<Tensor> parameters;
  std::vector<Tensor> ends;  // {low, high} of each learning range
};

class Distiller {
 public:
  Distiller(Network student, Network teacher, std::vector<End> ends, std::vector<Parameter> parameters,
            const DistillOptions& options)
      : student_(std::move(student)), teacher_(std::move(teacher)), ends_(std::move(ends)),
        parameters_(std::move(parameters)), options_(options) {}

  Result<DistillOutcome> run(Samples train, Samples held_out);
  const State& best() const { return best_; }
  // The parameters of the best; weights of four bits as they were rounded, since another rounding is another model.
  std::vector<Tensor> learnt() const;
  const Ranges& ranges() const { return ranges_; }

 private:
  bool rounds() const { return options_.weight_bits != 0; }
  // The parameters, and the ranges, as integers will hold them.
  std::vector<Tensor> held(const State& state) const;
  std::vector<std::optional<Value::Range>> held_ranges(const State& state) const;
  Status observe();  // the ranges of the state, anew
  Result<Score> score(const State& state) const;
  Result<double> step(const std::vector<std::size_t>& batch, Rng& seeds, Adam& weights, Adam& ranges, double factor);
  Status add_sample(std::size_t index, Rng rng, const std::vector<Tensor>& values,
                    std::span<const std::optional<Value::Range>> ranges, Gradients& gradients, double& loss) const;
  std::vector<double> rates(double rate) const;

  Network student_, teacher_;
  std::vector<End> ends_;
  std::vector<Parameter> parameters_;
  const DistillOptions& options_;
  Samples train_, held_out_, answers_;
  Ranges ranges_;
  State state_, best_;
  std::vector<std::vector<bool>> frozen_;
};

std::vector<Tensor> Distiller::held(const State& state) const {
  std::vector<Tensor> values = state.parameters;
  for (std::size_t i = 0; rounds() && i < values.size(); ++i)
    if (parameters_[i].is_weight) values[i] = held_weights(values[i], parameters_[i].axis, parameters_[i].depthwise ? 8 : options_.weight_bits);
  return values;
}

std::vector<Tensor> Distiller::learnt() const {
  std::vector<Tensor> values = best_.parameters;
  const std::vector<Tensor> rounded = held(best_);
  for (std::size_t i = 0; i < values.size(); ++i)
    if (options_.weight_bits == 4 && !parameters_[i].depthwise) values[i] = rounded[i];
  return values;
}

std::vector<std::optional<Value::Range>> Distiller::held_ranges(const State& state) const {
  if (!rounds()) return {};
  auto ranges = ranges_.values;
  for (std::size_t i = 0; i < ranges_.learning.size(); ++i) {
    const auto ends = state.ends[i].data<float>();
    ranges[ranges_.learning[i].index] = Value::Range{std::min(ends[0], 0.0f), std::max(ends[1], 0.0f)};
  }
  return ranges;
}

Status Distiller::observe() {
  if (!rounds()) return {};
  ranges_ = TINYC_TRY(observe_ranges(student_, state_.parameters, train_, options_.threads));
  state_.ends.clear();
  for (const ValueId id : ranges_.learning) {
    const Value::Range range = *ranges_.values[id.index];
    state_.ends.push_back(Tensor::of<float>({2}, std::vector<float>{std::min(range.low, 0.0f), std::max(range.high, 0.0f)}));
  }
  return {};
}

Result<Score> Distiller::score(const State& state) const {
  const std::vector<Tensor> values = held(state);
  const auto ranges = held_ranges(state);
  const auto classifier = std::find_if(ends_.begin(), ends_.end(), [](const End& end) { return end.classifies; });
  struct One {
    double loss = 0;
    bool agrees = false;
  };
  std::vector<One> all(held_out_.size());
  TINYC_TRY(for_each_piece(static_cast<std::int64_t>(all.size()), options_.threads, [&](std::int64_t i) -> Status {
    const auto at = static_cast<std::size_t>(i);
    const auto results = TINYC_TRY(student_.evaluate(held_out_[at], values, ranges, nullptr));
    for (std::size_t k = 0; k < ends_.size(); ++k) all[at].loss += loss_of(ends_[k], results[k], answers_[at][k], nullptr);
    if (classifier == ends_.end()) return {};
    const auto k = static_cast<std::size_t>(classifier - ends_.begin());
    all[at].agrees = top1(results[k]) == top1(answers_[at][k]);
    return {};
  }));
  Score score;
  for (const One& one : all) {
    score.loss += one.loss / static_cast<double>(all.size());
    score.agreement.hits += one.agrees;
    score.agreement.total += classifier != ends_.end();
  }
  return score;
}

Status Distiller::add_sample(std::size_t index, Rng rng, const std::vector<Tensor>& values,
                             std::span<const std::optional<Value::Range>> ranges, Gradients& gradients, double& loss) const {
  const std::vector<Tensor> inputs = options_.vary ? vary(train_, index, rng) : train_[index];
  const auto taught = TINYC_TRY(teacher_.evaluate(inputs, {}, {}, nullptr));
  Trace trace;
  const auto results = TINYC_TRY(student_.evaluate(inputs, values, ranges, &trace));
  std::vector<Tensor> end_gradients;
  for (std::size_t k = 0; k < ends_.size(); ++k) {
    end_gradients.emplace_back(DType::f32, results[k].shape());
    loss += loss_of(ends_[k], results[k], taught[k], &end_gradients.back());
  }
  return student_.differentiate(trace, values, ranges, end_gradients, gradients);
}

// One step of a batch; its mean loss.
Result<double> Distiller::step(const std::vector<std::size_t>& batch, Rng& seeds, Adam& weights, Adam& ends, double factor) {
  const std::vector<Tensor> values = held(state_);
  const auto ranges = held_ranges(state_);
  std::vector<Rng> generators;
  for (std::size_t i = 0; i < batch.size(); ++i) generators.emplace_back(seeds.next());
  std::vector<Gradients> sums(shards, student_.zero_gradients());
  std::vector<double> losses(shards, 0);
  TINYC_TRY(for_each_piece(shards, options_.threads, [&](std::int64_t shard) -> Status {
    const auto at = static_cast<std::size_t>(shard);
    for (std::size_t i = at; i < batch.size(); i += shards)
      TINYC_TRY(add_sample(batch[i], generators[i], values, ranges, sums[at], losses[at]));
    return {};
  }));
  for (std::size_t i = 1; i < sums.size(); ++i) sums.front().add(sums[i]);
  weights.step(state_.parameters, sums.front().parameters, frozen_, factor);
  if (rounds()) {
    std::vector<Tensor> gradients;
    std::vector<std::vector<bool>> fixed;  // an end that is zero stays: a ReLU's
    for (std::size_t i = 0; i < ranges_.learning.size(); ++i) {
      const RangeGradient& by = sums.front().ranges[ranges_.learning[i].index];
      gradients.push_back(Tensor::of<float>({2}, std::vector<float>{static_cast<float>(by.low), static_cast<float>(by.high)}));
      fixed.push_back(zeros_of(state_.ends[i]));
    }
    ends.step(state_.ends, gradients, fixed, factor);
  }
  return std::accumulate(losses.begin(), losses.end(), 0.0) / static_cast<double>(batch.size());
}

std::vector<double> Distiller::rates(double rate) const {
  std::vector<double> rates;
  double last_weight = 0;
  for (std::size_t i = 0; i < parameters_.size(); ++i) {
    const double magnitude = mean_magnitude(state_.parameters[i]);
    if (parameters_[i].is_weight) last_weight = magnitude;
    rates.push_back(rate * (magnitude > 0 ? magnitude : last_weight));
  }
  return rates;
}

Result<DistillOutcome> Distiller::run(Samples train, Samples held_out) {
  train_ = std::move(train);
  held_out_ = std::move(held_out);
  answers_ = TINYC_TRY(answers(teacher_, held_out_, options_.threads));
  measure_variance(ends_, answers_);
  for (const Parameter& parameter : parameters_) {
    state_.parameters.push_back(student_.graph().value(parameter.value).constant());
    frozen_.push_back(parameter.is_weight ? zeros_of(state_.parameters.back()) : std::vector<bool>());
  }
  TINYC_TRY(observe());
  std::vector<double> range_rates;
  for (const ValueId id : ranges_.learning)
    range_rates.push_back(static_cast<double>(ranges_.values[id.index]->high - ranges_.values[id.index]->low));

  DistillOutcome outcome;
  outcome.trained_samples = static_cast<std::int64_t>(train_.size());
  outcome.held_out_samples = static_cast<std::int64_t>(held_out_.size());
  outcome.before = outcome.after = TINYC_TRY(score(state_));
  best_ = state_;
  const double rate = outcome.before.agreement.fraction() > good_agreement ? learning_rate / 2 : learning_rate;
  Adam weights(rates(rate)), ends([&] {
    for (double& range : range_rates) range *= rate * range_rate;
    return range_rates;
  }());

  const double macs = static_cast<double>(3 * macs_of(student_) + macs_of(teacher_)) * static_cast<double>(train_.size());
  const int epochs = options_.epochs > 0 ? options_.epochs : static_cast<int>(std::clamp(epoch_work / std::max(macs, 1.0), 10.0, 60.0));
  const auto batches = static_cast<std::int64_t>((train_.size() + batch_size - 1) / batch_size);
  const std::int64_t total = batches * epochs;
  Rng rng(options_.seed);
  std::vector<std::size_t> order(train_.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::int64_t done = 0;
  for (int epoch = 1; epoch <= epochs && !outcome.stopped; ++epoch) {
    for (std::size_t i = order.size(); i > 1; --i) std::swap(order[i - 1], order[static_cast<std::size_t>(rng.integer(0, static_cast<std::int64_t>(i) - 1))]);
    // What a pruned model computes grows as it learns: ranges are looked at again after 1, 2, 4, ... epochs.
    if (epoch > 1 && std::has_single_bit(static_cast<unsigned>(epoch - 1)) && 4 * epoch < 3 * epochs + 4) TINYC_TRY(observe());
    double loss = 0;
    for (std::int64_t b = 0; b < batches && !outcome.stopped; ++b, ++done) {
      const auto first = order.begin() + b * batch_size;
      const std::vector<std::size_t> batch(first, first + std::min<std::int64_t>(batch_size, order.end() - first));
      // Up during the first batches, then down along a cosine.
      const double at = static_cast<double>(done) / static_cast<double>(total);
      const double factor = std::min(1.0, static_cast<double>(done + 1) / 10) * (1 + std::cos(std::numbers::pi * at)) / 2;
      loss = TINYC_TRY(step(batch, rng, weights, ends, factor));
      if (options_.progress) options_.progress(outcome.after, loss, done, total);
      outcome.stopped = options_.stop && options_.stop();
    }
    outcome.epochs = epoch;
    const Score now = TINYC_TRY(score(state_));
    if (!now.better_than(outcome.after)) continue;
    outcome.after = now;
    outcome.best_epoch = epoch;
    best_ = state_;
  }
  if (options_.progress) options_.progress(outcome.after, 0, total, total);
  return outcome;
}

}  // namespace

// Three blocks of twenty: neighbours, which may overlap in time, are not apart.
bool is_held_out(std::int64_t index, std::int64_t total) {
  const std::int64_t block = index * 40 / total;
  return block * 3 % 20 < 3;
}

std::string progress_text(const Score& now, double loss) {
  return fmt::format("distilling, loss {:.4f}{}", loss,
                     now.agreement.total > 0 ? fmt::format(", {:.1f} % agree", 100 * now.agreement.fraction()) : "");
}

Result<DistillOutcome> distill(Graph& student, const Graph& teacher, const Dataset& data, const Dataset* more,
                               const DistillOptions& options) {
  if (data.size() < fewest_samples)
    return Error("TC6071", "distill", std::to_string(data.size()) + " samples are too few to learn from",
                 "give at least " + std::to_string(fewest_samples) + ", better 200 or more");
  const std::vector<End> ends = TINYC_TRY(ends_of(student, teacher));
  const std::vector<Parameter> parameters = learning_parameters(student);
  std::vector<ValueId> values;
  for (const Parameter& parameter : parameters) values.push_back(parameter.value);
  Network learner = TINYC_TRY(Network::make(student, values, student_ends(ends)));
  Network guide = TINYC_TRY(Network::make(teacher, {}, teacher_ends(ends)));
  const auto held_out = [&](std::int64_t i) { return is_held_out(i, data.size()); };
  Samples train = samples_of(data, [&](std::int64_t i) { return !held_out(i); });
  if (more) {
    const Samples others = samples_of(*more, [](std::int64_t) { return true; });
    train.insert(train.end(), others.begin(), others.end());
  }
  Distiller distiller(std::move(learner), std::move(guide), ends, parameters, options);
  const DistillOutcome outcome = TINYC_TRY(distiller.run(std::move(train), samples_of(data, held_out)));
  if (outcome.best_epoch == 0) return outcome;
  const std::vector<Tensor> learnt = distiller.learnt();
  for (std::size_t i = 0; i < parameters.size(); ++i) student.set_constant(parameters[i].value, learnt[i]);
  for (std::size_t i = 0; i < distiller.ranges().learning.size(); ++i) {
    const auto range = distiller.best().ends[i].data<float>();
    student.set_range(distiller.ranges().learning[i], Value::Range{std::min(range[0], 0.0f), std::max(range[1], 0.0f)});
  }
  return outcome;
}

}  // namespace tinyc::train
