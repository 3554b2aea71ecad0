#include "apps/driver/eval.h"

#include <fmt/format.h>

#include <algorithm>
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

// Per group of samples the mean squared error by which a model reconstructs its first input.
Result<std::vector<double>> reconstruction_errors(const EvalRequest& request, const Graph& graph, const std::vector<Tensor>& results) {
  Graph real = graph;  // whose samples stay real numbers
  for (const ValueId id : real.inputs()) real.set_type(id, {DType::f32, real.value(id).type().shape});
  const auto data = TINYC_TRY(load_data(real, request.data));
  if (results.front().elements() != data->sample(0).front().elements())
    return Error("TC6045", request.subject.quantize.model.path, "the first output is not as large as the first input",
                 "--metric anomaly-auc and mse without --reference are for autoencoders");
  if (request.group < 1 || static_cast<std::int64_t>(results.size()) % request.group != 0)
    return Error("TC5016", fmt::format("--group {}", request.group), fmt::format("{} samples do not make such groups", results.size()));
  std::vector<double> errors(results.size() / static_cast<std::size_t>(request.group), 0);
  for (std::size_t i = 0; i < results.size(); ++i)
    errors[i / static_cast<std::size_t>(request.group)] +=
        mean_squared_difference(results[i], data->sample(static_cast<std::int64_t>(i)).front()) / static_cast<double>(request.group);
  return errors;
}

double mean(const std::vector<double>& values) {
  double sum = 0;
  for (const double value : values) sum += value / static_cast<double>(values.size());
  return sum;
}

Result<std::vector<std::int64_t>> anomaly_labels(const std::string& path, std::size_t groups) {
  auto labels = TINYC_TRY(read_labels(path));
  if (labels.size() != groups) return Error("TC6043", path, fmt::format("{} labels for {} groups of samples", labels.size(), groups));
  const auto ones = std::count(labels.begin(), labels.end(), 1), zeros = std::count(labels.begin(), labels.end(), 0);
  if (ones == 0 || zeros == 0 || ones + zeros != static_cast<std::ptrdiff_t>(groups))
    return Error("TC6043", path, "the labels are not 0 (normal) and 1 (anomaly), both of them");
  return labels;
}

// What the model makes of its input, alone and next to the reference.
Status measure_reconstruction(const EvalRequest& request, const Graph& graph, const Results& results, const Results* reference,
                              EvalOutcome& outcome) {
  const auto own = TINYC_TRY(reconstruction_errors(request, graph, results.front()));
  std::vector<double> other;
  outcome.reconstruction_error = mean(own);
  if (reference) {
    other = TINYC_TRY(reconstruction_errors(request, graph, reference->front()));
    outcome.reference_reconstruction_error = mean(other);
  }
  if (request.metric != Metric::anomaly_auc) return {};
  const auto labels = TINYC_TRY(anomaly_labels(request.labels, own.size()));
  outcome.auc = area_under_curve(own, labels);
  if (!reference) return {};
  outcome.reference_auc = area_under_curve(other, labels);
  outcome.auc_difference = area_difference_interval(own, other, labels);
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
  const Interval interval = wilson_interval(share);
  document.set("fraction", share.fraction()).set("hits", share.hits).set("samples", share.total);
  return document.set("low", interval.low).set("high", interval.high);
}

Document to_document(const PairedShares& paired) {
  Document document = Document::object();
  const Interval interval = paired.interval();
  document.set("difference", paired.difference()).set("low", interval.low).set("high", interval.high);
  document.set("only_model", paired.only_first).set("only_reference", paired.only_second);
  return document.set("p_value", paired.p_value());
}

Document to_document(const std::optional<double>& value) { return value ? Document(*value) : Document(); }

}  // namespace

std::optional<Metric> parse_metric(std::string_view text) {
  if (text == "top1") return Metric::top1;
  if (text == "anomaly-auc") return Metric::anomaly_auc;
  if (text == "mse") return Metric::squared_error;
  return std::nullopt;
}

Result<EvalOutcome> evaluate(const EvalRequest& request) {
  if (request.labels.empty() && request.reference.path.empty() && request.metric == Metric::top1)
    return Error("TC5013", "eval", "neither labels nor a reference to compare with", "give --labels or --reference");
  if (request.labels.empty() && request.metric == Metric::anomaly_auc)
    return Error("TC5013", "eval", "there are no labels", "--metric anomaly-auc needs --labels, 0 or 1 for each group");
  const RunnableModel model = TINYC_TRY(prepare(request.subject));
  const auto data = TINYC_TRY(load_data(model.model.graph, request.data));
  std::vector<std::int64_t> labels;
  const bool classes = request.metric == Metric::top1;
  if (classes && !request.labels.empty()) labels = TINYC_TRY(read_labels(request.labels));

  const Results results = TINYC_TRY(real_results(model, *data, request.subject.quantize));
  EvalOutcome outcome;
  outcome.name = model.model.prefix;
  outcome.subject = model.subject;
  outcome.samples = data->size();
  outcome.warnings = model.warnings;
  const Graph& graph = model.model.graph;
  const bool many = results.front().front().elements() > 5;
  if (!labels.empty()) {
    TINYC_TRY(check_labels(labels, results, request.labels));
    outcome.top1 = top1_accuracy(results.front(), labels);
    if (many) outcome.top5 = top_k_accuracy(results.front(), labels, 5);
  }
  std::optional<Results> reference;
  if (!request.reference.path.empty()) reference = TINYC_TRY(reference_results(request, graph));
  if (request.metric == Metric::anomaly_auc || (request.metric == Metric::squared_error && !reference))
    TINYC_TRY(measure_reconstruction(request, graph, results, reference ? &*reference : nullptr, outcome));
  if (!reference) return outcome;

  if (!labels.empty()) {
    outcome.reference_top1 = top1_accuracy(reference->front(), labels);
    if (many) outcome.reference_top5 = top_k_accuracy(reference->front(), labels, 5);
    outcome.paired = paired_shares(results.front(), reference->front(), labels);
  }
  if (classes) outcome.agreement = top1_agreement(results.front(), reference->front());
  for (std::size_t k = 0; k < results.size(); ++k) {
    Sqnr sqnr;
    for (std::size_t i = 0; i < results[k].size(); ++i) sqnr.add(results[k][i], (*reference)[k][i]);
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
  document.set("top5", outcome.top5 ? to_document(*outcome.top5) : Document());
  document.set("reference_top5", outcome.reference_top5 ? to_document(*outcome.reference_top5) : Document());
  document.set("paired", outcome.paired ? to_document(*outcome.paired) : Document());
  document.set("auc", to_document(outcome.auc)).set("reference_auc", to_document(outcome.reference_auc));
  document.set("reconstruction_error", to_document(outcome.reconstruction_error));
  document.set("reference_reconstruction_error", to_document(outcome.reference_reconstruction_error));
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
