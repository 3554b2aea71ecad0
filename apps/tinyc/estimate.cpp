#include <CLI/CLI.hpp>
#include <fmt/format.h>
#include <memory>

#include "apps/driver/estimate_model.h"
#include "apps/tinyc/command.h"
#include "apps/tinyc/options.h"
#include "apps/tinyc/terminal.h"
#include "formats/json/json.h"
#include "lib/support/text.h"

namespace tinyc::cli {
namespace {

std::string table_of(const EstimateOutcome& outcome) {
  const Estimate& estimate = outcome.estimate;
  const auto whole = [](double value) { return with_thousands(static_cast<std::int64_t>(value)); };
  TextTable table({"layer", "op", "MACs", "cycles", "low", "high", "share %"});
  for (const LayerEstimate& layer : estimate.layers)
    table.add({layer.layer.name, layer.layer.op, with_thousands(layer.layer.work.macs), whole(layer.cycles.expected),
               whole(layer.cycles.low), whole(layer.cycles.high),
               fmt::format("{:.1f}", 100 * layer.cycles.expected / estimate.cycles.expected)});
  table.add({"total", "", with_thousands(estimate.macs), whole(estimate.cycles.expected), whole(estimate.cycles.low),
             whole(estimate.cycles.high), "100.0"});
  return fmt::format("{} on {}\n\n{}", outcome.name, outcome.target, table.plain());
}

}  // namespace

Action add_estimate(CLI::App& app) {
  struct Options {
    EstimateRequest request;
    bool json = false;
  };
  const auto options = std::make_shared<Options>();
  add_model_options(app, options->request.model, "An ONNX model, or a folder that compress wrote");
  app.add_option("--target", options->request.target, "Core or MCU; see `tinyc targets`")
      ->type_name("NAME")
      ->capture_default_str();
  add_folder_name_option(app, options->request.model);
  app.add_flag("--json", options->json, "Print JSON");
  app.footer("Examples:\n  tinyc estimate kws.onnx --target cortex-m0plus\n  tinyc estimate out --target stm32l4r5 --json");
  return [options]() -> Result<ExitCode> {
    const EstimateOutcome outcome = TINYC_TRY(estimate_model(options->request));
    TINYC_TRY(print_result(options->json ? print_json(to_document(outcome)) : table_of(outcome)));
    return ExitCode::ok;
  };
}

}  // namespace tinyc::cli
