#include "apps/driver/eval.h"

#include <fmt/format.h>

#include <cmath>

namespace tinyc {
namespace {

// Per output of a model, one real tensor per sample.
using Results = std::vector<std::vector<Tensor>>;

Result<Results> real_results(const RunnableModel& model, const Dataset& data, const QuantizeRequest& options) {
  const Graph& graph = model.model.graph;
  const auto samples = TINYC_TRY(run_samples(model, data, options.threads, options.progress));
  Results results(graph.outputs().size());
  for (std::size_t k = 0; k < results.size(); ++k)
    for (const auto& sample : samples)
      results[k].push_back(real_values(sample[k], graph.value(graph.outputs()[k]).type()));
  return results;
}

Status check_labels(const std::vector<std::int64_t>& labels, const Results& results, const std::string& path) {
  const auto samples = static_cast<std::int64_t>(results.front().size());
  if (static_cast<std::int64_t>(labels.size()) != samples)
    return Error("TC6043", path, fmt::format("{} labels for {} samples", labels.size(), samples));
  const std::int64_t classes = results.front().front().elements();
  for (std::size_t i = 0; i < labels.size(); ++i)
    if (labels[i] < 0 || labels[i] >= classes)
      return Error("TC6043", path, fmt::format("label {} of sample {} is not one of {} classes", labels[i], i, classes));
  return {};
}

Result<Results> reference_results(const EvalRequest& request, const Graph& graph) {
  SubjectRequest subject;
  subject.quantize.model = request.reference;
  subject.quantize.threads = request.subject.quantize.threads;
  subject.quantize.progress = request.subject.quantize.progress;
  const RunnableModel reference = TINYC_TRY(prepare(subject));
  const auto data = TINYC_TRY(load_data(reference.model.graph, request.data));
  const Graph& other = reference.model.graph;
  bool same = other.outputs().size() == graph.outputs().size();
  for (std::size_t k = 0; same && k < graph.outputs().size(); ++k)
    same = other.value(other.outputs()[k]).type().shape == graph.value(graph.outputs()[k]).type().shape;
  if (!same)
    return Error("TC6044", request.reference.path, "its outputs have other shapes than those of the model",
                 "compare them with `tinyc inspect`");
  return real_results(reference, *data, request.subject.quantize);
}

Document to_document(const Share& share) {
  Document document = Document::object();
  return document.set("fraction", share.fraction()).set("hits", share.hits).set("samples", share.total);
}

}  // namespace

Result<EvalOutcome> evaluate(const EvalRequest& request) {
  if (request.labels.empty() && request.reference.path.empty())
    return Error("TC5013", "eval", "neither labels nor a reference to compare with", "give --labels or --reference");
  const RunnableModel model = TINYC_TRY(prepare(request.subject));
  const auto data = TINYC_TRY(load_data(model.model.graph, request.data));
  std::vector<std::int64_t> labels;
  if (!request.labels.empty()) labels = TINYC_TRY(read_labels(request.labels));

  const Results results = TINYC_TRY(real_results(model, *data, request.subject.quantize));
  EvalOutcome outcome;
  outcome.name = model.model.prefix;
  outcome.subject = model.subject;
  outcome.samples = data->size();
  outcome.warnings = model.warnings;
  if (!request.labels.empty()) {
    TINYC_TRY(check_labels(labels, results, request.labels));
    outcome.top1 = top1_accuracy(results.front(), labels);
  }
  if (request.reference.path.empty()) return outcome;

  const Graph& graph = model.model.graph;
  const Results reference = TINYC_TRY(reference_results(request, graph));
  if (!request.labels.empty()) outcome.reference_top1 = top1_accuracy(reference.front(), labels);
  outcome.agreement = top1_agreement(results.front(), reference.front());
  for (std::size_t k = 0; k < results.size(); ++k) {
    Sqnr sqnr;
    for (std::size_t i = 0; i < results[k].size(); ++i) sqnr.add(results[k][i], reference[k][i]);
    outcome.outputs.push_back({graph.value(graph.outputs()[k]).name(), sqnr.decibels(), sqnr.largest_error(),
                               sqnr.mean_squared_error()});
  }
  return outcome;
}

Document to_document(const EvalOutcome& outcome) {
  Document document = Document::object();
  document.set("schema", "tinyc-eval").set("schema_version", 1);
  document.set("name", outcome.name).set("as", to_string(outcome.subject)).set("samples", outcome.samples);
  document.set("top1", outcome.top1 ? to_document(*outcome.top1) : Document());
  document.set("reference_top1", outcome.reference_top1 ? to_document(*outcome.reference_top1) : Document());
  document.set("agreement", outcome.agreement ? to_document(*outcome.agreement) : Document());
  Document outputs = Document::array();
  for (const OutputAgreement& output : outcome.outputs) {
    Document row = Document::object();
    row.set("name", output.name);
    row.set("sqnr_db", output.sqnr_db && std::isfinite(*output.sqnr_db) ? Document(*output.sqnr_db) : Document());
    outputs.add(row.set("largest_error", output.largest_error).set("mean_squared_error", output.mean_squared_error));
  }
  return document.set("outputs", std::move(outputs)).set("warnings", Document::array_of(outcome.warnings));
}

}  // namespace tinyc
