#include "apps/driver/quality.h"

#include <fmt/format.h>

#include "apps/driver/run.h"
#include "lib/exec/interpreter.h"

namespace tinyc {
namespace {

std::string percent(const Share& share) { return fmt::format("{:.2f} % ({} of {})", 100 * share.fraction(), share.hits, share.total); }

bool is_percentage(const std::optional<double>& value) { return !value || (*value >= 0 && *value <= 100); }

Result<std::vector<std::int64_t>> labels_for(const std::string& path, std::int64_t samples, std::int64_t classes) {
  auto labels = TINYC_TRY(read_labels(path));
  if (static_cast<std::int64_t>(labels.size()) != samples)
    return Error("TC6043", path, fmt::format("{} labels for {} samples", labels.size(), samples),
                 "give the samples they belong to with --eval-data");
  for (std::size_t i = 0; i < labels.size(); ++i)
    if (labels[i] < 0 || labels[i] >= classes)
      return Error("TC6043", path, fmt::format("label {} of sample {} is not one of {} classes", labels[i], i, classes));
  return labels;
}

}  // namespace

Result<std::vector<Tensor>> first_results(const Graph& graph, const Dataset& data, const QuantizeRequest& options) {
  BatchOptions batch;
  batch.threads = options.threads;
  if (options.progress)
    batch.progress = [&](std::int64_t done, std::int64_t total) { options.progress("evaluating", done, total); };
  const auto samples = TINYC_TRY(run_batch(graph, data, batch));
  std::vector<Tensor> results;
  for (const auto& sample : samples) results.push_back(real_values(sample.front(), graph.value(graph.outputs()[0]).type()));
  return results;
}

Status check_request(const QualityRequest& quality, const QuantizeRequest& quantize) {
  if (quality.max_accuracy_drop && quality.labels.empty())
    return Error("TC5017", "--max-accuracy-drop", "there are no labels", "give --labels, or use --min-agreement");
  if (!is_percentage(quality.max_accuracy_drop) || !is_percentage(quality.min_agreement))
    return Error("TC5017", "--max-accuracy-drop, --min-agreement", "a gate is from 0 to 100, in points or percent");
  if (quality.wanted() && quality.data.path.empty() && quantize.calibration.path.empty())
    return Error("TC5017", "--labels, --min-agreement", "there are no samples to measure on", "give --calib or --eval-data");
  return {};
}

Result<PassNote> check_quality(const QualityRequest& quality, const QuantizeRequest& quantize, const QuantizeOutcome& outcome) {
  const DataRequest& request = quality.data.path.empty() ? quantize.calibration : quality.data;
  const Graph& graph = outcome.model.graph;
  const Model original = TINYC_TRY(load_canonical_model(quantize.model));
  const auto data = TINYC_TRY(load_data(graph, request)), real = TINYC_TRY(load_data(original.graph, request));
  const auto results = TINYC_TRY(first_results(graph, *data, quantize));
  const auto reference = TINYC_TRY(first_results(original.graph, *real, quantize));
  const Share agreement = top1_agreement(results, reference);
  PassNote note{"quality", "", {{"samples", agreement.total}, {"agreement", agreement.fraction()}}};
  std::vector<Diagnostic> missed;
  if (!quality.labels.empty()) {
    const auto labels = TINYC_TRY(labels_for(quality.labels, agreement.total, results.front().elements()));
    const Share own = top1_accuracy(results, labels), before = top1_accuracy(reference, labels);
    note.facts.set("top1", own.fraction());
    note.facts.set("reference_top1", before.fraction());
    const double drop = 100 * (before.fraction() - own.fraction());
    if (quality.max_accuracy_drop && drop > *quality.max_accuracy_drop + 1e-9)
      missed.push_back({"TC2030", fmt::format("--max-accuracy-drop {:g}", *quality.max_accuracy_drop),
                        fmt::format("top-1 accuracy drops by {:.2f} points, from {} to {}", drop, percent(before), percent(own)),
                        "compress less, or give more samples"});
  }
  if (quality.min_agreement && 100 * agreement.fraction() < *quality.min_agreement - 1e-9)
    missed.push_back({"TC2031", fmt::format("--min-agreement {:g}", *quality.min_agreement),
                      "the compressed model agrees with the float model on " + percent(agreement) + " of the samples",
                      "compress less, or give more samples"});
  if (!missed.empty()) return Error(std::move(missed));
  return note;
}

}  // namespace tinyc
