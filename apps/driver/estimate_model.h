#pragma once
// What a model costs on targets before any of it is measured; a float model as if it were quantized.

#include "apps/driver/budgets.h"
#include "apps/driver/quantize_model.h"
#include "lib/cost/board.h"
#include "lib/cost/memory.h"
#include "lib/support/document.h"

namespace tinyc {

struct DutyRequest {
  double rate_hz = 0;    // inferences, or
  double period_ms = 0;  // one every period, or
  double events_per_hour = 0;  // one per event, after a wake-up
  std::string battery;
  double sleep_ua = -1, sensor_uw = 0, harvest_uw = 0;  // sleep_ua below 0: the part's own
  bool any() const { return rate_hz > 0 || period_ms > 0 || events_per_hour > 0; }
};

// TC5076: more than one of rate, period and events; a battery or harvesting without any of them.
Result<std::optional<Duty>> parse_duty(const DutyRequest& request);

struct EstimateRequest {
  ModelRequest model;
  std::vector<std::string> targets{"cortex-m4"};  // names, or all: every microcontroller it fits on
  std::vector<std::string> mcu_files = {};        // of the user's, besides
  DutyRequest duty = {};
};

struct TargetEstimate {
  Target target;
  Estimate estimate;
  MemoryEstimate memory;
  std::optional<BoardEstimate> board;  // none for a bare core
  std::optional<DutyEstimate> duty;
  std::optional<bool> fits;            // into the part's flash and RAM, as far as they are known

  CostFigures figures() const;
};

struct EstimateOutcome {
  std::string name;
  std::vector<TargetEstimate> targets;  // in the order of the request; for all by latency, those of unknown clock last
  std::vector<std::string> left_out;    // of all: parts it does not fit on
  std::vector<std::string> warnings;    // that hold for every target
};

// What a compiled model costs on a target.
Result<TargetEstimate> estimate_on(const CompiledModel& compiled, const Target& target, const std::optional<Duty>& duty);

Result<EstimateOutcome> estimate_model(const EstimateRequest& request);

// Members of a document for one target: figures, cycles, latency, ...
void describe(const TargetEstimate& estimate, Document& document);
// Of one target, or of several under `targets`.
Document to_document(const EstimateOutcome& outcome);

}  // namespace tinyc
