#include "apps/driver/teach.h"

#include <algorithm>
#include <optional>

#include "apps/driver/run.h"
#include "lib/exec/interpreter.h"
#include "lib/quant/affine.h"
#include "lib/quant/metrics.h"
#include "lib/train/distill.h"
#include "passes/compress/passes.h"

namespace tinyc {
namespace {

Pipeline::const_iterator distill_step(const Pipeline& pipeline) {
  return std::find_if(pipeline.begin(), pipeline.end(),
                      [](const PipelineStep& step) { return step.pass && step.pass->info.name == "distill"; });
}

// The first outputs of a float or quantized graph for the samples held out, as real numbers.
Result<std::vector<Tensor>> held_out_results(const Graph& graph, const PassContext& context) {
  std::vector<std::vector<Tensor>> samples;
  for (std::int64_t i = 0; i < context.calibration->size(); ++i) {
    if (!train::is_held_out(i, context.calibration->size())) continue;
    samples.push_back(context.calibration->sample(i));
    for (std::size_t k = 0; k < samples.back().size(); ++k)
      if (const Type& type = graph.value(graph.inputs()[k]).type(); type.is_quantized())
        samples.back()[k] = stored_tensor(samples.back()[k], type);
  }
  BatchOptions batch;
  batch.threads = context.threads;
  const auto data = make_dataset(std::move(samples));
  const auto outputs = TINYC_TRY(run_batch(graph, *data, batch));
  std::vector<Tensor> results;
  for (const auto& sample : outputs) results.push_back(real_values(sample.front(), graph.value(graph.outputs()[0]).type()));
  return results;
}

struct Nearness {
  std::int64_t agreeing = 0;
  double error = 0;  // mean squared
  bool operator<(const Nearness& other) const {
    return agreeing != other.agreeing ? agreeing < other.agreeing : error > other.error;
  }
};
Result<Nearness> nearness(const Graph& graph, const std::vector<Tensor>& taught, const PassContext& context) {
  const auto results = TINYC_TRY(held_out_results(graph, context));
  Nearness near;
  const bool classes = 2 * taught.front().elements() <= graph.value(graph.inputs()[0]).type().shape.elements();
  if (classes) near.agreeing = top1_agreement(results, taught).hits;
  for (std::size_t i = 0; i < results.size(); ++i) near.error += mean_squared_difference(results[i], taught[i]);
  return near;
}

// The model as it is before it is distilled, with what has been told of it.
struct Untaught {
  Graph graph;
  std::size_t notes = 0, warnings = 0;
};

// Finishes the model without what was learnt, and takes that if it is nearer to the teacher.
Status prefer_untaught(Graph& graph, Untaught untaught, const Pipeline& rest, PassContext& context) {
  std::vector<PassNote> notes(context.notes->begin(), context.notes->begin() + static_cast<std::ptrdiff_t>(untaught.notes));
  std::vector<std::string> warnings(context.warnings->begin(), context.warnings->begin() + static_cast<std::ptrdiff_t>(untaught.warnings));
  PassContext own = context;
  own.notes = &notes;
  own.warnings = &warnings;
  TINYC_TRY(run_pipeline(untaught.graph, rest, own));
  const auto taught = TINYC_TRY(held_out_results(*context.teacher, context));
  const Nearness with = TINYC_TRY(nearness(graph, taught, context)), without = TINYC_TRY(nearness(untaught.graph, taught, context));
  PassNote& note = (*context.notes)[untaught.notes];
  note.facts.set("agreeing_with", with.agreeing);
  note.facts.set("agreeing_without", without.agreeing);
  if (!(with < without)) return {};
  note.facts.set("kept", std::int64_t{0});
  notes.insert(notes.begin() + static_cast<std::ptrdiff_t>(untaught.notes), note);
  graph = std::move(untaught.graph);
  *context.notes = std::move(notes);
  *context.warnings = std::move(warnings);
  return {};
}

}  // namespace

Status run_taught(Graph& graph, const Pipeline& pipeline, PassContext& context, const QuantizeRequest& request) {
  const auto step = distill_step(pipeline);
  if (step == pipeline.end()) return run_pipeline(graph, pipeline, context, request.observers);
  std::unique_ptr<Dataset> unlabeled;
  if (!request.distill.data.path.empty()) unlabeled = TINYC_TRY(load_data(graph, request.distill.data));
  std::optional<Graph> teacher;
  if (!request.distill.teacher.path.empty()) teacher = TINYC_TRY(load_canonical_model(request.distill.teacher)).graph;
  PassContext own = context;
  own.unlabeled = unlabeled.get();
  own.teacher = teacher ? &*teacher : nullptr;
  std::optional<Untaught> untaught;
  PipelineOptions observers = request.observers;
  observers.before = [&](const Pass& pass, const Graph& now) {
    if (!teacher && find_pass(compress_passes(), pass.info.name)) own.teacher = &teacher.emplace(now);
    if (pass.info.name == "distill") untaught = Untaught{now, own.notes->size(), own.warnings->size()};
  };
  TINYC_TRY(run_pipeline(graph, pipeline, own, observers));
  if (!untaught || own.notes->size() <= untaught->notes) return {};
  if ((*own.notes)[untaught->notes].facts.integer_or("kept", 0) == 0) return {};
  return prefer_untaught(graph, std::move(*untaught), Pipeline(step + 1, pipeline.end()), own);
}

}  // namespace tinyc
