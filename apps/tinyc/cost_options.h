#pragma once
// Options and texts that the subcommands around the cost model share.

#include <string>

#include "apps/driver/estimate_model.h"

namespace CLI {
class App;
}

namespace tinyc::cli {

// --rate, --period, --events-per-hour, --battery, --sleep-ua, --sensor-uw, --harvest-uw
void add_duty_options(CLI::App& app, DutyRequest& duty);

// --max-flash ... --budget, --baseline, --max-regress
// but for --max-ram where the subcommand has one of its own.
void add_budget_options(CLI::App& app, BudgetTexts& budgets, bool with_max_ram = true);

// "6.74 M cycles (6.2 to 7.3), 71 ms, 3.3 mJ, 245 KB of flash, 66 KB of RAM"
std::string cost_line(const TargetEstimate& estimate);

// "6.74 (6.2 to 7.3)"
std::string with_band(const Range& range, double scale = 1);

}  // namespace tinyc::cli
