#include "apps/tinyc/cost_options.h"

#include <CLI/CLI.hpp>
#include <fmt/format.h>

namespace tinyc::cli {

void add_duty_options(CLI::App& app, DutyRequest& duty) {
  const char* group = "How often it runs";
  const auto positive = CLI::Range(1e-9, 1e12).description("");
  app.add_option("--rate", duty.rate_hz, "Inferences per second")->type_name("HZ")->check(positive)->group(group);
  app.add_option("--period", duty.period_ms, "Milliseconds from one inference to the next")->type_name("MS")->check(positive)->group(group);
  app.add_option("--events-per-hour", duty.events_per_hour, "Wake-ups with one inference each")->type_name("N")->check(positive)->group(group);
  app.add_option("--battery", duty.battery, "Battery to live on")->type_name("CR2032|MAH@V")->group(group);
  app.add_option("--sleep-ua", duty.sleep_ua, "Supply current asleep, instead of the part's own")
      ->type_name("UA")
      ->check(CLI::Range(0.0, 1e9).description(""))
      ->group(group);
  app.add_option("--sensor-uw", duty.sensor_uw, "Power of what is always on besides")
      ->type_name("UW")
      ->check(CLI::Range(0.0, 1e12).description(""))
      ->group(group);
  app.add_option("--harvest-uw", duty.harvest_uw, "Power that is harvested on average")
      ->type_name("UW")
      ->check(CLI::Range(0.0, 1e12).description(""))
      ->group(group);
}

void add_budget_options(CLI::App& app, BudgetTexts& budgets, bool with_max_ram) {
  const char* group = "Budgets (exit code 2 when one is missed)";
  app.add_option("--max-flash", budgets.max_flash, "Code and tables")->type_name("SIZE")->group(group);
  if (with_max_ram) app.add_option("--max-ram", budgets.max_ram, "Arena and stack")->type_name("SIZE")->group(group);
  app.add_option("--max-cycles", budgets.max_cycles, "Of an inference, such as 7M")->type_name("N")->group(group);
  app.add_option("--max-latency", budgets.max_latency, "Of an inference, such as 20ms")->type_name("TIME")->group(group);
  app.add_option("--max-energy", budgets.max_energy, "Of an inference, such as 1.5mJ")->type_name("ENERGY")->group(group);
  app.add_option("--min-battery-life", budgets.min_battery_life, "Such as 365d; needs --battery and a rate")
      ->type_name("TIME")
      ->group(group);
  app.add_option("--budget", budgets.file, "A JSON object with the budgets above")->type_name("FILE.json")->group(group);
  app.add_option("--baseline", budgets.baseline, "A report of before, to compare every figure with")->type_name("OLD.json")->group(group);
  app.add_option("--max-regress", budgets.max_regress, "How much worse than the baseline is tolerated")
      ->type_name("SHARE%")
      ->group(group);
}

std::string with_band(const Range& range, double scale) {
  return fmt::format("{:.3g} ({:.3g} to {:.3g})", range.expected * scale, range.low * scale, range.high * scale);
}

std::string cost_line(const TargetEstimate& estimate) {
  const CostFigures figures = estimate.figures();
  std::string text = with_band(figures.at("cycles"), 1e-6) + " M cycles";
  const auto add = [&](const char* figure, double scale, const char* unit) {
    const auto found = figures.find(figure);
    if (found != figures.end()) text += fmt::format(", {} {}", with_band(found->second, scale), unit);
  };
  add("latency_ms", 1, "ms");
  add("energy_uj", 1e-3, "mJ");
  add("flash_bytes", 1.0 / 1024, "KB of flash");
  add("ram_bytes", 1.0 / 1024, "KB of RAM");
  add("battery_days", 1, "days of battery");
  return text;
}

}  // namespace tinyc::cli
