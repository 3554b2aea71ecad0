#include <CLI/CLI.hpp>
#include <fmt/format.h>
#include <memory>

#include "apps/tinyc/command.h"
#include "apps/tinyc/cost_options.h"
#include "apps/tinyc/terminal.h"
#include "formats/json/json.h"
#include "lib/support/files.h"

namespace tinyc::cli {

Action add_check(CLI::App& app) {
  struct Options {
    std::string report;
    BudgetTexts budgets;
    bool json = false;
  };
  const auto options = std::make_shared<Options>();
  app.add_option("report", options->report, "A report.json of compress, or the output of estimate --json")
      ->required()
      ->type_name("REPORT.json");
  add_budget_options(app, options->budgets);
  app.add_flag("--json", options->json, "Print JSON instead of a Markdown table");
  app.footer("Examples:\n  tinyc check out/report.json --max-flash 256K --max-ram 64K --max-cycles 7M\n"
             "  tinyc check out/report.json --budget budget.json --baseline main.json --max-regress 2% >> \"$GITHUB_STEP_SUMMARY\"");
  return [options]() -> Result<ExitCode> {
    if (!options->budgets.any()) return Error("TC5077", "check", "no budget", "give one, such as --max-flash 256K, or --budget FILE.json");
    const Budgets budgets = TINYC_TRY(parse_budgets(options->budgets));
    const std::string text = TINYC_TRY(read_file(options->report));
    const Document report = TINYC_TRY(parse_json(text, options->report));
    const CostFigures figures = TINYC_TRY(figures_of(report, options->report));
    const std::vector<BudgetVerdict> verdicts = judge(budgets, figures);
    TINYC_TRY(print_result(options->json ? print_json(to_document(verdicts)) : verdict_table(verdicts)));
    return all_met(verdicts) ? ExitCode::ok : ExitCode::gate_missed;
  };
}

}  // namespace tinyc::cli
