#pragma once
// From cycles without wait states to what a board needs: its memory system, clock and power. docs/cost_model.md has the
// formulas, where the figures come from and how good they are.

#include <optional>
#include <string>
#include <vector>

#include "lib/cost/estimate.h"
#include "lib/target/target.h"

namespace tinyc {

struct BoardEstimate {
  Range cycles;                         // of an inference, on the board
  std::vector<Range> layer_cycles;      // the same, by layer
  std::optional<Range> latency_ms;      // unknown without a clock
  std::optional<Range> power_mw;        // while running
  std::optional<Range> energy_uj;       // of an inference
  std::optional<Range> wakeup_uj;       // from sleep to running, once per event
  std::optional<double> sleep_uw;
  double supply_v = 0;                  // that power was taken at
  std::vector<std::string> notes;       // what rests on no measurement, or is unknown
};

// `supply_v`: of the battery; without one, that of the power's measurement, else 3 V as far as the part allows it.
BoardEstimate on_board(const Estimate& estimate, const Mcu& mcu, std::optional<double> supply_v = {});

// The factor on cycles without wait states of work with this share in dense kernels.
Range memory_factor(const Mcu& mcu, double dense_share);

struct Battery {
  std::string name;
  double mah = 0, volts = 0;
};

// "CR2032", or MAH@V such as 1000@3.7. TC5070.
Result<Battery> parse_battery(const std::string& text);

struct Duty {
  double inferences_per_s = 0;
  double events_per_s = 0;              // wake-ups; each runs its share of the inferences
  std::optional<double> deadline_ms;    // the period, when inferences follow each other regularly
  std::optional<double> sleep_ua;       // instead of the part's own
  double sensor_uw = 0, harvest_uw = 0;
  std::optional<Battery> battery;
};

struct DutyEstimate {
  Range duty;                           // share of the time spent running, of 1
  std::optional<Range> average_uw;      // of inferences, wake-ups, sleep and sensor; nothing when the power is unknown
  std::optional<Range> battery_days;    // with harvesting; infinite when that covers everything
  std::optional<Range> neutral_hz;      // inferences per second that harvesting pays for; of an infinite battery
  std::optional<bool> meets_deadline;   // even at the high end of the band
  std::vector<std::string> notes;
};

// TC5071: an inference needs longer than its period allows even at the low end, so that the duty exceeds 1.
Result<DutyEstimate> at_duty(const BoardEstimate& board, const Duty& duty);

}  // namespace tinyc
