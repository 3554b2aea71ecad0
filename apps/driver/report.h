#pragma once
// What compress reports, as JSON (schema in docs/report.md) and as Markdown.

#include "apps/driver/arena_drawing.h"
#include "apps/driver/estimate_model.h"
#include "apps/driver/inspect.h"
#include "apps/driver/quantize_model.h"
#include "lib/cost/estimate.h"
#include "lib/cost/islands.h"
#include "lib/plan/compiled_model.h"

namespace tinyc {

inline constexpr int report_schema_version = 1;

struct ReportLayer {
  LayerEstimate estimate;
  std::vector<std::string> kernels;  // empty for a view
  std::string reason;                // why these kernels
  std::int64_t table_bytes = 0;      // weights, biases, multipliers
  std::int64_t scratch_bytes = 0;
  std::int64_t output_offset_bytes = -1;  // in the arena; -1: elsewhere
};

// Layers that run together, row by row.
struct ReportStream {
  std::vector<std::string> layers;
  std::int64_t rows = 0, steps = 0;  // of the last layer's result in a step
};

// What is computed in float, why and at what price.
struct ReportIsland {
  struct Layer {
    std::string name, op, reason;
  };
  std::vector<Layer> layers;
  FloatIsland cost;
  Cycles cycles, conversion_cycles;
};

struct Report {
  std::string name, target, core;
  Arithmetic arithmetic = Arithmetic::int8;
  std::map<std::string, std::string> metadata;  // of the graph: model_hash, pipeline, seed, ...
  std::vector<TensorSummary> inputs, outputs;
  std::int64_t calibration_samples = 0;
  bool calibration_is_synthetic = false;
  std::vector<ReportLayer> layers;
  std::vector<ReportIsland> islands;
  std::int64_t macs = 0, parameters = 0, zero_parameters = 0;
  Bytes table_bytes{0};  // all constant tables
  Bytes arena_bytes{0}, arena_lower_bound_bytes{0};
  std::string arena_gap;  // why the two differ
  std::vector<ArenaBuffer> arena;
  std::vector<ReportStream> streams;
  bool external_input = false;
  TargetEstimate cost;  // its layers are in `layers`
  std::vector<BudgetVerdict> budgets;
  std::vector<PassNote> notes;
  std::vector<std::string> warnings;
  struct File {
    std::string name;
    std::int64_t bytes;
  };
  std::vector<File> files;  // the sources and the graph
};

Report make_report(const QuantizeOutcome& quantized, const CompiledModel& compiled, TargetEstimate cost, const std::string& name);
Document to_document(const Report& report);
std::string to_markdown(const Report& report);

}  // namespace tinyc
