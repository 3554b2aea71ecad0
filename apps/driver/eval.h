#pragma once
// How good a model is on labelled data, and how near to a reference.

#include "apps/driver/run.h"
#include "lib/quant/intervals.h"
#include "lib/support/document.h"

namespace tinyc {

enum class Metric {
  top1,            // top-1 and top-5 accuracy
  anomaly_auc,     // of the mean squared error by which the first output reconstructs the first input, per group of samples
  squared_error,   // of the outputs against the reference or, without one, against the input
};
std::optional<Metric> parse_metric(std::string_view text);  // "top1", "anomaly-auc", "mse"

struct EvalRequest {
  Metric metric = Metric::top1;
  std::int64_t group = 1;    // samples of a label (anomaly_auc)
  SubjectRequest subject;
  DataRequest data;
  std::string labels;        // class indices, one per sample; may be empty when there is a reference
  ModelRequest reference;    // without a path: none; computed by the float interpreter
};

struct OutputAgreement {
  std::string name;
  std::optional<double> sqnr_db;  // nothing when the reference is all zero, infinite without a difference
  double largest_error = 0, mean_squared_error = 0;
};

struct EvalOutcome {
  std::string name;
  Subject subject = Subject::float_graph;
  std::int64_t samples = 0;
  std::optional<Share> top1, reference_top1;  // against the labels
  std::optional<Share> top5, reference_top5;  // of more than five classes
  std::optional<PairedShares> paired;         // this model and the reference on the labels
  std::optional<double> auc, reference_auc;
  std::optional<Interval> auc_difference;     // this model less the reference
  std::optional<double> reconstruction_error, reference_reconstruction_error;  // mean squared, over all samples
  std::optional<Share> agreement;             // of the two models' top-1
  std::vector<OutputAgreement> outputs;       // against the reference
  std::vector<std::string> warnings;
};

// Classes are those of the first output. TC5013: neither labels nor a reference; TC6043: labels that do not fit the
// samples; TC6044: a reference with other outputs; TC6045: a model that does not reconstruct its input.
Result<EvalOutcome> evaluate(const EvalRequest& request);
Document to_document(const EvalOutcome& outcome);

}  // namespace tinyc
