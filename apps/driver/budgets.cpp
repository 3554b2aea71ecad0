#include "apps/driver/budgets.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>

#include "formats/json/json.h"
#include "lib/support/files.h"
#include "lib/support/text.h"

namespace tinyc {
namespace {

struct Scale {
  std::string_view name;
  double factor;
};

struct BudgetKind {
  std::string_view option;  // without dashes
  std::string BudgetTexts::*text;
  std::string_view figure;
  std::array<Scale, 5> units;  // the last ones may be empty
  std::string_view example;
  bool least = false;         // a lower bound
};

const std::array kinds{
    BudgetKind{"max-flash", &BudgetTexts::max_flash, "flash_bytes", {{{"", 1}, {"K", 1024}, {"M", 1048576}}}, "256K"},
    BudgetKind{"max-ram", &BudgetTexts::max_ram, "ram_bytes", {{{"", 1}, {"K", 1024}, {"M", 1048576}}}, "64K"},
    BudgetKind{"max-cycles", &BudgetTexts::max_cycles, "cycles", {{{"", 1}, {"k", 1e3}, {"M", 1e6}, {"G", 1e9}}}, "7M"},
    BudgetKind{"max-latency", &BudgetTexts::max_latency, "latency_ms", {{{"ms", 1}, {"us", 1e-3}, {"s", 1e3}}}, "20ms"},
    BudgetKind{"max-energy", &BudgetTexts::max_energy, "energy_uj", {{{"uJ", 1}, {"mJ", 1e3}, {"J", 1e6}, {"nJ", 1e-3}}}, "1.5mJ"},
    BudgetKind{"min-battery-life", &BudgetTexts::min_battery_life, "battery_days", {{{"d", 1}, {"h", 1.0 / 24}, {"y", 365.25}}},
               "365d", true},
};

std::optional<double> quantity(std::string_view text, std::span<const Scale> units) {
  double value = 0;
  const auto parsed = std::from_chars(text.data(), text.data() + text.size(), value);
  if (parsed.ec != std::errc() || !std::isfinite(value) || value < 0) return std::nullopt;
  const std::string_view unit(parsed.ptr, static_cast<std::size_t>(text.data() + text.size() - parsed.ptr));
  for (const Scale& each : units)
    if (each.factor > 0 && each.name == unit) return value * each.factor;
  return std::nullopt;
}

Result<double> limit_of(const BudgetKind& kind, const std::string& text, const std::string& where) {
  const auto value = quantity(text, kind.units);
  if (value) return *value;
  return Error("TC5072", where, "not such a quantity", fmt::format("for example {}", kind.example));
}

Status read_file_budgets(const std::string& path, BudgetTexts& texts) {
  const std::string text = TINYC_TRY(read_file(path));
  const Document document = TINYC_TRY(parse_json(text, path));
  const auto* members = document.get<Document::Object>();
  if (!members) return Error("TC5073", path, "not an object of budgets", "for example {\"max_flash\": \"256K\"}");
  for (const auto& [name, value] : *members) {
    std::string option = name;
    for (char& c : option)
      if (c == '_') c = '-';
    const auto kind = std::find_if(kinds.begin(), kinds.end(), [&](const BudgetKind& k) { return k.option == option; });
    std::string* given = kind != kinds.end()       ? &(texts.*(kind->text))
                         : option == "max-regress" ? &texts.max_regress
                         : option == "baseline"    ? &texts.baseline
                                                   : nullptr;
    if (!given) return Error("TC5073", path, "\"" + name + "\" is no budget", "the names are those of the options: max_flash, max_ram, ...");
    const auto* wanted = value.get<std::string>();
    const auto* integer = value.get<std::int64_t>();
    if (!wanted && !integer) return Error("TC5073", path + ", " + name, "neither a text with a unit nor a whole number");
    const std::string budget = wanted ? *wanted : std::to_string(*integer);
    if (!given->empty() && *given != budget)
      return Error("TC5073", "--" + option, "contradicts " + path + ", which says " + budget, "give it once");
    *given = budget;
  }
  return {};
}

std::string shown(std::string_view figure, double value) {
  const auto whole = [&](std::string_view unit) { return with_thousands(std::llround(value)) + std::string(unit); };
  if (std::isinf(value)) return "unlimited";
  if (figure == "flash_bytes" || figure == "ram_bytes") return whole(" B");
  if (figure == "cycles") return whole("");
  return fmt::format("{:.4g} {}", value, figure == "latency_ms" ? "ms" : figure == "energy_uj" ? "uJ" : "d");
}

BudgetVerdict verdict_on(std::string_view figure, double limit, bool least, const CostFigures& figures) {
  BudgetVerdict verdict{.figure = std::string(figure), .limit = (least ? "at least " : "at most ") + shown(figure, limit)};
  const auto found = figures.find(std::string(figure));
  if (found == figures.end()) {
    verdict.value = "unknown";
    verdict.note = "nothing is known of it on this target";
    return verdict;
  }
  const Range& range = found->second;
  verdict.value = shown(figure, range.expected);
  verdict.met = least ? range.expected >= limit : range.expected <= limit;
  if (range.low <= limit && limit <= range.high && range.low < range.high)
    verdict.note = fmt::format("within the band, {} to {}", shown(figure, range.low), shown(figure, range.high));
  return verdict;
}

}  // namespace

bool BudgetTexts::any() const {
  return !file.empty() || !baseline.empty() || !max_regress.empty() ||
         std::any_of(kinds.begin(), kinds.end(), [&](const BudgetKind& kind) { return !(this->*(kind.text)).empty(); });
}

Result<Budgets> parse_budgets(const BudgetTexts& given) {
  BudgetTexts texts = given;
  if (!texts.file.empty()) TINYC_TRY(read_file_budgets(texts.file, texts));
  Budgets budgets;
  for (const BudgetKind& kind : kinds) {
    const std::string& text = texts.*(kind.text);
    if (text.empty()) continue;
    budgets.limits[std::string(kind.figure)] = TINYC_TRY(limit_of(kind, text, "--" + std::string(kind.option) + " " + text));
  }
  if (texts.baseline.empty() != texts.max_regress.empty())
    return Error("TC5074", texts.baseline.empty() ? "--max-regress" : "--baseline", "needs the other of --baseline and --max-regress");
  if (texts.baseline.empty()) return budgets;
  const auto share = quantity(texts.max_regress, std::array{Scale{"%", 0.01}});
  if (!share) return Error("TC5072", "--max-regress " + texts.max_regress, "not a percentage", "for example 2%");
  budgets.max_regress = *share;
  const std::string text = TINYC_TRY(read_file(texts.baseline));
  const Document document = TINYC_TRY(parse_json(text, texts.baseline));
  const CostFigures figures = TINYC_TRY(figures_of(document, texts.baseline));
  for (const auto& [name, range] : figures) budgets.baseline[name] = range.expected;
  return budgets;
}

std::vector<BudgetVerdict> judge(const Budgets& budgets, const CostFigures& figures) {
  std::vector<BudgetVerdict> verdicts;
  for (const BudgetKind& kind : kinds) {
    const auto limit = budgets.limits.find(std::string(kind.figure));
    if (limit != budgets.limits.end()) verdicts.push_back(verdict_on(kind.figure, limit->second, kind.least, figures));
  }
  for (const BudgetKind& kind : kinds) {
    const auto before = budgets.baseline.find(std::string(kind.figure));
    if (before == budgets.baseline.end() || std::isinf(before->second)) continue;
    const double factor = kind.least ? 1 - budgets.max_regress : 1 + budgets.max_regress;
    BudgetVerdict verdict = verdict_on(kind.figure, before->second * factor, kind.least, figures);
    verdict.limit = fmt::format("{} ({} {} {:.3g} %)", verdict.limit, shown(kind.figure, before->second), kind.least ? "less" : "and",
                                100 * budgets.max_regress);
    if (verdict.value != "unknown") verdict.note.clear();
    verdicts.push_back(std::move(verdict));
  }
  return verdicts;
}

std::string verdict_table(const std::vector<BudgetVerdict>& verdicts) {
  TextTable table({"figure", "budget", "value", "verdict", "note"});
  for (const BudgetVerdict& verdict : verdicts)
    table.add({verdict.figure, verdict.limit, verdict.value, verdict.met ? "ok" : "**missed**", verdict.note});
  return table.markdown();
}

bool all_met(const std::vector<BudgetVerdict>& verdicts) {
  return std::all_of(verdicts.begin(), verdicts.end(), [](const BudgetVerdict& verdict) { return verdict.met; });
}

Document to_document(const std::vector<BudgetVerdict>& verdicts) {
  Document rows = Document::array();
  for (const BudgetVerdict& verdict : verdicts)
    rows.add(Document::object().set("figure", verdict.figure).set("limit", verdict.limit).set("value", verdict.value)
                 .set("met", verdict.met).set("note", verdict.note));
  return rows;
}

Document figures_document(const CostFigures& figures) {
  Document document = Document::object();
  for (const auto& [name, range] : figures)
    document.set(name, Document::object().set("low", range.low).set("expected", range.expected).set("high", range.high));
  return document;
}

Result<CostFigures> figures_of(const Document& document, const std::string& where) {
  const Document* estimate = document.find("estimate");
  const Document* members = (estimate ? *estimate : document).find("figures");
  const auto* object = members ? members->get<Document::Object>() : nullptr;
  if (!object)
    return Error("TC6081", where, "no figures in it", "give a report.json of compress, or the output of estimate --json for one target");
  CostFigures figures;
  for (const auto& [name, value] : *object) {
    const auto part = [&](std::string_view key) {
      const Document* number = value.find(key);
      if (!number) return 0.0;
      if (const auto* real = number->get<double>()) return *real;
      const auto* integer = number->get<std::int64_t>();
      return integer ? static_cast<double>(*integer) : INFINITY;  // JSON has no infinity: null
    };
    figures[name] = {part("low"), part("expected"), part("high")};
  }
  return figures;
}

}  // namespace tinyc
