#pragma once
// How good a model is on labelled data, and how near to a reference.

#include "apps/driver/run.h"
#include "lib/quant/metrics.h"
#include "lib/support/document.h"

namespace tinyc {

struct EvalRequest {
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
  std::optional<Share> agreement;             // of the two models' top-1
  std::vector<OutputAgreement> outputs;       // against the reference
  std::vector<std::string> warnings;
};

// Classes are those of the first output. TC5013: neither labels nor a reference; TC6043: labels that do not fit the
// samples; TC6044: a reference with other outputs.
Result<EvalOutcome> evaluate(const EvalRequest& request);
Document to_document(const EvalOutcome& outcome);

}  // namespace tinyc
