#pragma once
// A float ONNX model in, verified-to-be C sources, the quantized graph and a report out.

#include "apps/driver/quality.h"
#include "apps/driver/report.h"
#include "lib/support/files.h"

namespace tinyc {

enum class Precision { int8, float32 };

struct CompressRequest {
  QuantizeRequest quantize;
  QualityRequest quality = {};
  Precision precision = Precision::int8;
  std::string name;             // C prefix; empty: the model's file name as an identifier
  std::string folder;           // empty: ./PREFIX
  bool external_input = false;  // inputs have no place in the arena
  std::optional<Bytes> max_ram = {};  // of the arena
  bool push_rows = false;       // the input comes row by row
  DutyRequest duty = {};
  BudgetTexts budgets = {};
  std::string save_onnx;        // where to write the compressed model as ONNX; empty: nowhere
};

struct CompressOutcome {
  std::string folder;
  Report report;
  std::vector<OutputFile> files;  // paths relative to the folder
  std::vector<OutputFile> models;  // paths relative to the working directory: save_onnx
};

// Computes everything in memory; `precision` decides over quantize.as_float. TC5008 for a name that is no C identifier.
Result<CompressOutcome> compress(const CompressRequest& request);

// Writes the files of an outcome, all or none (see outputs.h).
Status write(const CompressOutcome& outcome);

}  // namespace tinyc
