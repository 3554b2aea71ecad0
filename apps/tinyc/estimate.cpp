#include <CLI/CLI.hpp>
#include <fmt/format.h>
#include <memory>

#include "apps/driver/estimate_model.h"
#include "apps/tinyc/command.h"
#include "apps/tinyc/cost_options.h"
#include "apps/tinyc/options.h"
#include "apps/tinyc/terminal.h"
#include "formats/json/json.h"
#include "lib/support/text.h"

namespace tinyc::cli {
namespace {

std::string whole(double value) { return with_thousands(static_cast<std::int64_t>(value)); }

std::string duty_text(const DutyEstimate& duty) {
  std::string text = fmt::format("running           {} % of the time\n", with_band(duty.duty, 100));
  if (duty.average_uw) text += fmt::format("average power     {} uW\n", with_band(*duty.average_uw));
  if (duty.battery_days) text += fmt::format("battery           {} days\n", with_band(*duty.battery_days));
  if (duty.neutral_hz) text += fmt::format("energy-neutral    {} inferences per second\n", with_band(*duty.neutral_hz));
  if (duty.meets_deadline) text += fmt::format("deadline          {}\n", *duty.meets_deadline ? "met" : "may be missed");
  for (const std::string& note : duty.notes) text += "Note: " + note + ".\n";
  return text;
}

std::string text_of(const TargetEstimate& estimated, const std::string& name) {
  const Estimate& estimate = estimated.estimate;
  const auto& board = estimated.board;
  std::vector<std::string> heading{"layer", "op", "MACs", "cycles", "low", "high"};
  const bool timed = board && board->latency_ms, powered = board && board->energy_uj;
  if (timed) heading.insert(heading.end(), {"ms", "low", "high"});
  if (powered) heading.insert(heading.end(), {"uJ", "low", "high"});
  heading.push_back("share %");
  TextTable table(heading);
  const Range total = board ? board->cycles : estimate.cycles;
  const auto add = [&](const std::string& layer, const std::string& op, std::int64_t macs, const Range& cycles) {
    std::vector<std::string> row{layer, op, with_thousands(macs), whole(cycles.expected), whole(cycles.low), whole(cycles.high)};
    const auto scaled = [&](const Range& of_total) {
      const double share = cycles.expected / total.expected;
      for (const double value : {of_total.expected, of_total.low, of_total.high}) row.push_back(fmt::format("{:.3g}", value * share));
    };
    if (timed) scaled(*board->latency_ms);
    if (powered) scaled(*board->energy_uj);
    row.push_back(fmt::format("{:.1f}", 100 * cycles.expected / total.expected));
    table.add(std::move(row));
  };
  for (std::size_t i = 0; i < estimate.layers.size(); ++i) {
    const LayerEstimate& layer = estimate.layers[i];
    if (layer.calls.empty()) continue;
    add(layer.layer.name, layer.layer.op, layer.layer.work.macs, board ? board->layer_cycles[i] : layer.cycles);
  }
  add("total", "", estimate.macs, total);
  std::string text = fmt::format("{} on {}: {}\n\n{}", name, estimated.target.name(), cost_line(estimated), table.plain());
  if (board && board->wakeup_uj) text += fmt::format("\nwaking up         {} uJ\n", with_band(*board->wakeup_uj));
  if (estimated.duty) text += "\n" + duty_text(*estimated.duty);
  if (!board) text += "\nNote: a bare core: cycles are without wait states.\n";
  if (board)
    for (const std::string& note : board->notes) text += "Note: " + note + ".\n";
  if (!estimate.unfitted.empty())
    text += "Note: not fitted, priced by the operator's work within a wide band: " + join(estimate.unfitted, ", ") + ".\n";
  return text;
}

std::string ranking(const EstimateOutcome& outcome) {
  TextTable table({"target", "core", "fits", "M cycles", "ms", "mJ", "flash KB", "RAM KB", "battery days", "measured"});
  for (const TargetEstimate& estimated : outcome.targets) {
    const CostFigures figures = estimated.figures();
    const auto cell = [&](const char* figure, double scale) {
      const auto found = figures.find(figure);
      return found == figures.end() ? std::string("unknown") : with_band(found->second, scale);
    };
    const Mcu* mcu = estimated.target.mcu;
    const bool speed = mcu && mcu->speed_is_measured(), power = mcu && mcu->power_is_measured();
    table.add({std::string(estimated.target.name()), std::string(estimated.target.core->name),
               estimated.fits ? *estimated.fits ? "yes" : "no" : "unknown", cell("cycles", 1e-6), cell("latency_ms", 1),
               cell("energy_uj", 1e-3), cell("flash_bytes", 1.0 / 1024), cell("ram_bytes", 1.0 / 1024), cell("battery_days", 1),
               speed && power ? "speed, power" : speed ? "speed" : power ? "power" : "no"});
  }
  std::string text = outcome.name + "\n\n" + table.plain();
  if (!outcome.left_out.empty()) text += "\ndoes not fit, or cannot keep the rate: " + join(outcome.left_out, ", ") + "\n";
  return text + "\nNote: what is not measured rests on data sheets and on other boards, within a wider band.\n";
}

}  // namespace

Action add_estimate(CLI::App& app) {
  struct Options {
    EstimateRequest request;
    BudgetTexts budgets;
    bool json = false;
  };
  const auto options = std::make_shared<Options>();
  add_model_options(app, options->request.model, "An ONNX model, or a folder that compress wrote");
  app.add_option("--target", options->request.targets, "Cores or MCUs, see `tinyc targets`; all: rank those it fits on")
      ->type_name("NAME")
      ->delimiter(',')
      ->allow_extra_args(false)
      ->default_str("cortex-m4");
  app.add_option("--mcu", options->request.mcu_files, "A microcontroller of your own, as JSON; may be repeated")
      ->type_name("FILE.json")
      ->allow_extra_args(false);
  add_folder_name_option(app, options->request.model);
  add_duty_options(app, options->request.duty);
  add_budget_options(app, options->budgets);
  app.add_flag("--json", options->json, "Print JSON");
  app.footer("Examples:\n  tinyc estimate kws.onnx --target cortex-m0plus\n  tinyc estimate vww.onnx --target all\n"
             "  tinyc estimate out --target stm32u575 --rate 1 --battery CR2032 --sensor-uw 300 --min-battery-life 365d");
  return [&app, options]() -> Result<ExitCode> {
    if (!options->request.mcu_files.empty() && app.count("--target") == 0) options->request.targets.clear();
    const Budgets budgets = TINYC_TRY(parse_budgets(options->budgets));
    const EstimateOutcome outcome = TINYC_TRY(estimate_model(options->request));
    bool met = true;
    std::string text;
    if (outcome.targets.size() == 1) text = text_of(outcome.targets.front(), outcome.name);
    else text = ranking(outcome);
    for (const TargetEstimate& estimated : outcome.targets) {
      if (budgets.empty()) break;
      const std::vector<BudgetVerdict> verdicts = judge(budgets, estimated.figures());
      met = met && all_met(verdicts);
      text += fmt::format("\n{}\n\n{}", estimated.target.name(), verdict_table(verdicts));
    }
    TINYC_TRY(print_result(options->json ? print_json(to_document(outcome)) : text));
    return met ? ExitCode::ok : ExitCode::gate_missed;
  };
}

}  // namespace tinyc::cli
