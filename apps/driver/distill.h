#pragma once
// A student learns from a teacher in float: two ONNX models in, a better student out.

#include "apps/driver/quantize_model.h"
#include "lib/quant/metrics.h"

namespace tinyc {

struct DistillModelRequest {
  ModelRequest student, teacher;
  DataRequest data;      // to learn from
  DataRequest eval;      // to measure on; without a path: `data`
  std::string labels;    // of the samples to measure on; may be empty
  int epochs = 0;        // 0: as many as the work allows
  int weight_bits = 0;   // 8 or 4: learn as integers will hold the model
  std::uint64_t seed = 1;
  int threads = 0;
  std::function<void(std::string_view what, std::int64_t done, std::int64_t total)> progress = {};
  std::function<bool()> stop = {};
};

struct DistillModelOutcome {
  std::string model;  // the student as ONNX, opset 17
  std::int64_t samples = 0, trained_samples = 0;
  int epochs = 0, best_epoch = 0;
  bool stopped = false;
  Share agreement_before, agreement_after;  // with the teacher, on the samples to measure on
  std::optional<Share> top1_before, top1_after, top1_teacher;
};

// TC5018: epochs or bits that are none; TC6070: a teacher with other inputs or outputs; TC6043: labels that do not fit.
Result<DistillModelOutcome> distill_model(const DistillModelRequest& request);

}  // namespace tinyc
