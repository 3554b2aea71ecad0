#include "apps/driver/verify.h"

#include <fmt/format.h>

#include <algorithm>
#include <atomic>
#include <cmath>
#include <cstring>
#include <exception>
#include <mutex>
#include <numeric>

#include "apps/driver/compare.h"
#include "formats/c/emit.h"
#include "lib/exec/interpreter.h"
#include "lib/support/check.h"
#include "lib/support/rng.h"
#include "lib/support/text.h"
#include "lib/support/threads.h"
#include "passes/lower/lower.h"

namespace tinyc {
namespace {

constexpr std::string_view host = "host";
// The cores that "all" means, besides the host.
constexpr std::string_view usual_cores[] = {"cortex-m0plus", "cortex-m3", "cortex-m4", "cortex-m7", "cortex-m33", "cortex-m55"};

constexpr double wide_real = 16;  // the magnitude of real inputs that are not near zero

struct Place {
  std::string name;
  const Core* core = nullptr;  // nullptr: the host
};

Result<std::vector<Place>> places_of(const std::vector<std::string>& names) {
  std::vector<Place> places;
  const auto add = [&](std::string_view name) -> Status {
    if (std::any_of(places.begin(), places.end(), [&](const Place& place) { return place.name == name; })) return {};
    if (name == host) {
      places.push_back({std::string(host)});
      return {};
    }
    const Target target = TINYC_TRY(find_target(name));
    places.push_back({std::string(name), target.core});
    return {};
  };
  for (const std::string& name : names) {
    if (name != "all") {
      TINYC_TRY(add(name));
      continue;
    }
    TINYC_TRY(add(host));
    for (const std::string_view core : usual_cores) TINYC_TRY(add(core));
  }
  return places;
}

Tensor full_range_input(const Type& type, Rng& rng, int sample) {
  Tensor tensor(type.dtype, type.shape);
  if (type.dtype == DType::f32) {
    for (float& value : tensor.mutable_data<float>())
      value = sample == 0 ? 0.0f : sample == 1 ? 1.0f : static_cast<float>(rng.uniform(-wide_real, wide_real));
    return tensor;
  }
  if (type.dtype == DType::u8) {
    for (std::byte& byte : tensor.mutable_bytes()) byte = static_cast<std::byte>(rng.next() & 0xff);
    return tensor;
  }
  if (type.dtype != DType::i8) return small_integers(type, rng);
  for (std::int8_t& value : tensor.mutable_data<std::int8_t>())
    value = static_cast<std::int8_t>(sample == 0 ? -128 : sample == 1 ? 127 : rng.integer(-128, 127));
  return tensor;
}

Tensor plausible_input(const Type& type, Rng& rng) {
  Tensor tensor(type.dtype, type.shape);
  if (type.dtype == DType::f32) {
    for (float& value : tensor.mutable_data<float>()) value = static_cast<float>(rng.normal());
    return tensor;
  }
  if (type.dtype != DType::i8) return full_range_input(type, rng, -1);
  const double zero = type.is_quantized() ? type.quantization->zero_point.front() : 0;
  for (std::int8_t& value : tensor.mutable_data<std::int8_t>())
    value = static_cast<std::int8_t>(std::clamp(std::round(zero + 32.0 * rng.normal()), -128.0, 127.0));
  return tensor;
}

Status check_inputs(const Graph& graph, const Samples& samples) {
  for (const auto& sample : samples) {
    bool fits = sample.size() == graph.inputs().size();
    for (std::size_t i = 0; fits && i < sample.size(); ++i) {
      const Type& type = graph.value(graph.inputs()[i]).type();
      fits = sample[i].dtype() == type.dtype && sample[i].shape() == type.shape;
    }
    if (!fits) return Error("TC6030", graph.name, "the inputs to verify with are not of the model's types and shapes");
  }
  return {};
}

// What a verification of one place knows; the interpreter's outputs are computed once for all.
struct Job {
  const Graph& graph;
  const EmittedSources& sources;
  const Samples& samples;
  const Samples& expected;
};

std::string describe(const Job& job, const Difference& at) {
  return fmt::format("sample {}, output {}, element {} is {} and not {}", at.sample,
                     job.graph.value(job.graph.outputs()[at.output]).name(), at.element, shortest(at.got), shortest(at.expected));
}

std::vector<bool> inexact_outputs(const Graph& graph) {
  const std::vector<bool> inexact = inexact_values(graph);
  std::vector<bool> outputs;
  for (const ValueId output : graph.outputs()) outputs.push_back(inexact[output.index]);
  return outputs;
}

// The first layer that wrote something else than the interpreter computes, at one sample, by a second run that reports
// what every layer writes; empty when unknown.
std::string first_layer(const Job& job, const Core* core, std::size_t sample) {
  const auto model = lower(job.graph, {}, {.streams = false});
  if (!model.ok()) return {};
  std::vector<std::optional<Tensor>> values(model->graph.value_bound());
  const auto expected = run(model->graph, job.samples[sample], [&](ValueId id, const Tensor& tensor) { values[id.index] = tensor; });
  const auto traced = run_harness(job.graph, job.sources, {job.samples[sample]},
                                  {.core = core, .traced = true, .first_sample = static_cast<int>(sample)});
  if (!expected.ok() || !traced.ok()) return {};
  const std::vector<bool> inexact = inexact_values(model->graph);
  const std::vector<TracePoint> points = trace_points(*model);
  std::vector<std::string> written(points.size());
  for (const HarnessRun::Traced& piece : traced->trace)
    if (piece.point >= 0 && static_cast<std::size_t>(piece.point) < points.size()) written[static_cast<std::size_t>(piece.point)] += piece.bytes;
  for (std::size_t i = 0; i < points.size(); ++i) {
    const Tensor& wanted = *values[points[i].value.index];
    if (written[i].size() != wanted.bytes().size()) return {};
    Tensor got(wanted.dtype(), wanted.shape());
    std::memcpy(got.mutable_bytes().data(), written[i].data(), written[i].size());
    if (compare({{std::move(got)}}, {{wanted}}, {inexact[points[i].value.index]}).first) return model->layers[points[i].layer].name;
  }
  return {};
}

void measure(const HarnessRun& run, CoreOutcome& outcome) {
  outcome.sections = run.sections;
  outcome.flash_bytes = run.sections->text + run.sections->rodata;
  outcome.arena_bytes = run.arena_bytes;
  outcome.stack_bytes = run.stack_bytes;
  if (run.stack_bytes)
    outcome.ram_bytes = run.arena_bytes + run.sections->data + run.sections->bss + *run.stack_bytes;
  if (run.counts.size() == run.outputs.size() && !run.counts.empty()) {
    std::int64_t instructions = 0, cycles = 0, count = 0, most = 0;
    for (std::size_t i = 0; i < run.counts.size(); i += 2) {  // odd samples are copied into the arena
      instructions += run.counts[i].instructions;
      cycles += run.counts[i].cycles.value_or(0);
      most = std::max(most, run.counts[i].instructions);
      ++count;
    }
    outcome.instructions = (instructions + count / 2) / count;
    outcome.most_instructions = most;
    if (run.counts.front().cycles) outcome.cycles = (cycles + count / 2) / count;
  }
  if (!run.why_not_counted.empty()) outcome.note += (outcome.note.empty() ? "" : "; ") + ("instructions not counted: " + run.why_not_counted);
}

// Every layer of the first sample, by a run with a mark behind each report of a layer; another run tells whose they are.
std::vector<LayerCounts> count_layers(const Job& job, const Core* core) {
  const auto model = lower(job.graph, {}, {.streams = false});
  const auto traced = run_harness(job.graph, job.sources, {job.samples.front()}, {.core = core, .traced = true});
  const auto run = run_harness(job.graph, job.sources, {job.samples.front()}, {.core = core, .count = true, .laps = true});
  if (!model.ok() || !traced.ok() || !run.ok()) return {};
  const std::vector<TracePoint> points = trace_points(*model);
  if (run->counts.size() != traced->trace.size() + 1) return {};
  std::vector<LayerCounts> layers;
  for (const CompiledLayer& layer : model->layers) {
    const NodeView node = view(model->graph, layer.node);
    layers.push_back({layer.name, std::string(node.op.name), node.op.work(node).macs, 0, {}});
  }
  layers.push_back({"(entry and exit)", "", 0, 0, {}});
  for (std::size_t i = 0; i < run->counts.size(); ++i) {
    const auto point = i < traced->trace.size() ? static_cast<std::size_t>(traced->trace[i].point) : points.size();
    LayerCounts& layer = layers[point < points.size() ? points[point].layer : layers.size() - 1];
    layer.instructions += run->counts[i].instructions;
    if (run->counts[i].cycles) layer.cycles = layer.cycles.value_or(0) + *run->counts[i].cycles;
  }
  std::erase_if(layers, [](const LayerCounts& layer) { return layer.instructions == 0; });
  return layers;
}

CoreOutcome verify_on(const Job& job, const Place& place, bool layers) {
  CoreOutcome outcome;
  outcome.on = place.name;
  if (place.core) outcome.note = place.core->note;
  const auto run = run_harness(job.graph, job.sources, job.samples,
                               {.core = place.core, .count = place.core != nullptr});
  if (!run.ok()) {
    const Diagnostic& first = run.error().diagnostics().front();
    outcome.verdict = run.error().exit_code() == ExitCode::mismatch ? Verdict::different : Verdict::not_run;
    outcome.message = (first.where.empty() ? "" : first.where + ": ") + first.message;
    outcome.remedy = first.remedy;
    return outcome;
  }
  outcome.samples = static_cast<std::int64_t>(run->outputs.size());
  for (const auto& outputs : run->outputs)
    for (const Tensor& tensor : outputs) outcome.bytes_compared += static_cast<std::int64_t>(tensor.bytes().size());
  if (place.core && run->sections) measure(*run, outcome);
  if (place.core && layers && !run->counts.empty()) outcome.layers = count_layers(job, place.core);
  const Comparison comparison = compare(run->outputs, job.expected, inexact_outputs(job.graph));
  outcome.largest_error = comparison.largest_error;
  outcome.verdict = comparison.identical ? Verdict::identical : Verdict::close;
  if (comparison.first) {
    outcome.verdict = Verdict::different;
    outcome.message = describe(job, *comparison.first);
    const std::string layer = first_layer(job, place.core, comparison.first->sample);
    if (!layer.empty()) outcome.message += "; the first layer that differs is " + layer;
  } else if (!run->failure.empty()) {
    outcome.verdict = Verdict::different;
    outcome.message = run->failure;
  }
  return outcome;
}

}  // namespace

std::string_view to_string(Verdict verdict) {
  switch (verdict) {
    case Verdict::identical: return "identical";
    case Verdict::close: return "within tolerance";
    case Verdict::different: return "different";
    case Verdict::not_run: return "not run";
  }
  return "";
}

ExitCode VerifyOutcome::exit_code() const {
  const auto any = [&](Verdict verdict) {
    return std::any_of(cores.begin(), cores.end(), [&](const CoreOutcome& core) { return core.verdict == verdict; });
  };
  return any(Verdict::different) ? ExitCode::mismatch : any(Verdict::not_run) ? ExitCode::io : ExitCode::ok;
}

Samples verification_inputs(const Graph& graph, int count, std::uint64_t seed) {
  Rng rng(seed);
  const int full_range = std::max(2, (count + 1) / 2);
  Samples samples;
  for (int i = 0; i < std::max(2, count); ++i) {
    auto& sample = samples.emplace_back();
    for (const ValueId input : graph.inputs()) {
      const Type& type = graph.value(input).type();
      sample.push_back(i < full_range ? full_range_input(type, rng, i) : plausible_input(type, rng));
    }
  }
  return samples;
}

Result<VerifyOutcome> verify_sources(const Graph& graph, const EmittedSources& sources, const VerifyRequest& request) {
  const std::vector<Place> places = TINYC_TRY(places_of(request.on));
  const Samples samples =
      request.inputs.empty() ? verification_inputs(graph, request.samples, request.seed) : request.inputs;
  TINYC_TRY(check_inputs(graph, samples));
  const Samples expected = TINYC_TRY(run_batch(graph, *make_dataset(samples)));

  VerifyOutcome outcome;
  outcome.cores.resize(places.size());
  const Job job{graph, sources, samples, expected};
  std::atomic<std::size_t> next{0};
  std::mutex mutex;  // guards done and defect
  std::int64_t done = 0;
  std::exception_ptr defect;
  const auto work = [&] {
    for (std::size_t i = next++; i < places.size(); i = next++) {
      try {
        outcome.cores[i] = verify_on(job, places[i], request.layers);
      } catch (...) {
        const std::lock_guard lock(mutex);
        defect = std::current_exception();
      }
      const std::lock_guard lock(mutex);
      ++done;
      if (request.progress) request.progress(places[i].name, done, static_cast<std::int64_t>(places.size()));
    }
  };
  run_on_threads(std::min<int>(request.jobs, static_cast<int>(places.size())), work);
  if (defect) std::rethrow_exception(defect);
  return outcome;
}

}  // namespace tinyc
