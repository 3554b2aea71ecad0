#include "apps/driver/distill.h"

#include <fmt/format.h>

#include "apps/driver/quality.h"
#include "formats/onnx/writer.h"
#include "lib/train/distill.h"

namespace tinyc {
namespace {

Result<std::vector<std::int64_t>> labels_of(const DistillModelRequest& request, std::int64_t samples, std::int64_t classes) {
  auto labels = TINYC_TRY(read_labels(request.labels));
  if (static_cast<std::int64_t>(labels.size()) != samples)
    return Error("TC6043", request.labels, fmt::format("{} labels for {} samples", labels.size(), samples));
  for (const std::int64_t label : labels)
    if (label < 0 || label >= classes)
      return Error("TC6043", request.labels, fmt::format("the label {} is not one of {} classes", label, classes));
  return labels;
}

Result<Graph> float_graph(const ModelRequest& request) {
  Model model = TINYC_TRY(load_canonical_model(request));
  if (model.is_compiled()) return Error("TC5007", request.path, "already compressed", "give the ONNX model");
  return std::move(model.graph);
}

}  // namespace

Result<DistillModelOutcome> distill_model(const DistillModelRequest& request) {
  if (request.epochs < 0 || (request.weight_bits != 0 && request.weight_bits != 4 && request.weight_bits != 8))
    return Error("TC5018", "--epochs, --bits", "epochs are 0 or more, bits 0, 4 or 8");
  Graph student = TINYC_TRY(float_graph(request.student));
  const Graph teacher = TINYC_TRY(float_graph(request.teacher));
  const auto data = TINYC_TRY(load_data(student, request.data));
  const auto measured = TINYC_TRY(load_data(student, request.eval.path.empty() ? request.data : request.eval));
  const Graph before = student;

  train::DistillOptions options;
  options.epochs = request.epochs;
  options.weight_bits = request.weight_bits;
  options.seed = request.seed;
  options.threads = request.threads;
  options.stop = request.stop;
  if (request.progress)
    options.progress = [&](const train::Score& now, double loss, std::int64_t done, std::int64_t total) {
      request.progress(train::progress_text(now, loss), done, total);
    };
  const train::DistillOutcome learnt = TINYC_TRY(train::distill(student, teacher, *data, nullptr, options));
  DistillModelOutcome outcome;
  outcome.samples = measured->size();
  outcome.trained_samples = learnt.trained_samples;
  outcome.epochs = learnt.epochs;
  outcome.best_epoch = learnt.best_epoch;
  outcome.stopped = learnt.stopped;

  QuantizeRequest running;
  running.threads = request.threads;
  const auto taught = TINYC_TRY(first_results(teacher, *measured, running));
  const auto first = TINYC_TRY(first_results(before, *measured, running)), last = TINYC_TRY(first_results(student, *measured, running));
  outcome.agreement_before = top1_agreement(first, taught);
  outcome.agreement_after = top1_agreement(last, taught);
  if (!request.labels.empty()) {
    const auto labels = TINYC_TRY(labels_of(request, measured->size(), first.front().elements()));
    outcome.top1_before = top1_accuracy(first, labels);
    outcome.top1_after = top1_accuracy(last, labels);
    outcome.top1_teacher = top1_accuracy(taught, labels);
  }
  for (const ValueId id : student.values()) student.set_range(id, std::nullopt);
  outcome.model = TINYC_TRY(write_onnx(student));
  return outcome;
}

}  // namespace tinyc
