#pragma once
// What a model may cost, and the verdict on what it does cost.

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "lib/cost/board.h"
#include "lib/support/document.h"

namespace tinyc {

// Budgets as the user writes them: 256K, 20ms, 1.5mJ, 365d, 2%. Empty: none.
struct BudgetTexts {
  std::string max_flash, max_ram, max_cycles, max_latency, max_energy, min_battery_life;
  std::string file;         // a JSON object of the same names
  std::string baseline;     // a report.json or `estimate --json` of before
  std::string max_regress;  // how much more than the baseline is tolerated
  bool any() const;
};

// Figures by name, in the units of the budgets: flash_bytes, ram_bytes, cycles, latency_ms, energy_uj, battery_days.
using CostFigures = std::map<std::string, Range>;

struct Budgets {
  std::map<std::string, double> limits;    // by the figure's name; of battery_days the least, of all others the most
  std::map<std::string, double> baseline;  // expected figures of before
  double max_regress = 0;                  // a share
  bool empty() const { return limits.empty() && baseline.empty(); }
};

// TC5072: a budget that is no such quantity; TC5073: an option and the file contradict each other, or a member of the file that
// is no budget; TC5074: --max-regress without --baseline, or the other way round. TC6081: a baseline without figures.
Result<Budgets> parse_budgets(const BudgetTexts& texts);

struct BudgetVerdict {
  std::string figure, limit, value = {};  // as text, with units
  bool met = false;
  std::string note = {};             // unknown figures miss their budget; the band crosses the limit
};

// One verdict per budget and per figure of the baseline. The expected figure decides.
std::vector<BudgetVerdict> judge(const Budgets& budgets, const CostFigures& figures);
std::string verdict_table(const std::vector<BudgetVerdict>& verdicts);  // Markdown
bool all_met(const std::vector<BudgetVerdict>& verdicts);
Document to_document(const std::vector<BudgetVerdict>& verdicts);

// The figures of a report.json or of `estimate --json`; TC6081 for another document.
Result<CostFigures> figures_of(const Document& document, const std::string& where);
Document figures_document(const CostFigures& figures);

}  // namespace tinyc
