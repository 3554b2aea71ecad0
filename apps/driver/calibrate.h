#pragma once
// From measurements on the user's own board to a microcontroller file: what its memory system adds to the core's cycles, and
// its power.

#include "apps/driver/mcu_file.h"
#include "apps/driver/model.h"

namespace tinyc {

struct CalibrateRequest {
  std::vector<std::string> models;  // folders that compress wrote: what ran
  std::string measurements;         // CSV: model, layer (empty: the whole inference), cycles or us, perhaps energy_uj
  std::string target;               // a core or an MCU, whose figures are kept
  std::string mcu_file;             // instead: one of the user's own
  std::string name;                 // of the result; empty: the target's with -own
  double clock_mhz = 0;             // of the measurements; 0: the target's
};

struct CalibrateOutcome {
  Mcu mcu;
  int rows = 0, models = 0;
  double error = 0, worst = 0;  // of rows that were left out (with their model, where there are three), as shares
};

// TC6082: columns that are unknown, missing or there twice; TC6083: a row that is no measurement or of an unknown model or layer; TC6084:
// too few rows, or rows that contradict each other, and which.
Result<CalibrateOutcome> calibrate(const CalibrateRequest& request);

}  // namespace tinyc
