#include "lib/cost/core_model.h"

#include <charconv>
#include <utility>

#include "lib/support/check.h"
#include "lib/support/csv.h"

namespace tinyc {
namespace {

struct EmbeddedTable {
  std::string_view name, text;
};

constexpr EmbeddedTable tables[] = {
#include "lib/cost/embedded_tables.inc"
};

Csv table_of(std::string_view name) {
  for (const EmbeddedTable& table : tables) {
    if (table.name != name) continue;
    auto csv = parse_csv(table.text, std::string(name));
    TINYC_CHECK(csv.ok(), "the tables of the cost model can be read");
    return std::move(csv).value();
  }
  TINYC_CHECK(false, "the cost model has a table " + std::string(name));
  return {};
}

std::optional<double> number(const std::string& text) {
  double value = 0;
  const auto parsed = std::from_chars(text.data(), text.data() + text.size(), value);
  if (text.empty() || parsed.ec != std::errc()) return std::nullopt;
  return value;
}

// What a prediction from the operator's work alone may be off by, either way.
constexpr double unfitted_low = 0.4, unfitted_high = 2.5;
// No band is narrower: code around a call differs from model to model.
constexpr double least_band = 0.04;

}  // namespace

CoreModel::CoreModel(const Core& core) : dsp_(core.dsp) {
  const Csv cores = table_of("lib/cost/data/cores.csv");
  std::string measured;
  for (const Csv::Row& row : cores.rows) {
    if (row.fields[0] != core.name) continue;
    measured = row.fields[1];
    source_ = row.fields[5];
    if (const auto expected = number(row.fields[3]))
      cycles_per_instruction_ = Range{*number(row.fields[2]), *expected, *number(row.fields[4])};
  }
  TINYC_CHECK(!measured.empty(), "every core has a row in cores.csv");

  const Csv coefficients = table_of("lib/cost/data/coefficients.csv");
  const int instructions = coefficients.column(measured + "_instructions"), cycles = coefficients.column(measured + "_cycles");
  TINYC_CHECK(instructions >= 0, "every measured core has a column");
  for (const Csv::Row& row : coefficients.rows) {
    const auto count = number(row.fields[static_cast<std::size_t>(instructions)]);
    if (!count) continue;
    Price& price = prices_[row.fields[0]];
    price.instructions = *count;
    if (cycles >= 0) price.cycles = number(row.fields[static_cast<std::size_t>(cycles)]).value_or(0);
  }
  const Csv bands = table_of("lib/cost/data/bands.csv");
  const int band = bands.column(measured);
  TINYC_CHECK(band >= 0, "every measured core has bands");
  for (const Csv::Row& row : bands.rows)
    if (const auto share = number(row.fields[static_cast<std::size_t>(band)])) bands_[row.fields[0]] = *share;
}

const CoreModel& CoreModel::of(const Core& core) {
  static const auto models = [] {
    std::map<std::string, CoreModel, std::less<>> all;
    for (const Core& each : all_cores()) all.emplace(std::string(each.name), CoreModel(each));
    return all;
  }();
  const auto found = models.find(core.name);
  TINYC_CHECK(found != models.end(), "a listed core");
  return found->second;
}

std::optional<Prediction> CoreModel::price(const std::vector<Count>& counts, double band) const {
  double instructions = 0, cycles = 0;
  for (const Count& count : counts) {
    const auto price = prices_.find(count.term);
    if (price == prices_.end()) return std::nullopt;
    instructions += count.turns * price->second.instructions;
    cycles += count.turns * price->second.cycles;
  }
  Prediction prediction;
  const Range within{1 - band, 1, 1 + band};
  prediction.instructions = within * instructions;
  prediction.cycles = cycles_per_instruction_ ? *cycles_per_instruction_ * prediction.instructions : within * cycles;
  return prediction;
}

std::optional<Prediction> CoreModel::predict(const KernelCall& call) const {
  const auto counts = count_call(call, dsp_);
  const auto band = bands_.find(call.kernel);
  if (!counts || band == bands_.end()) return std::nullopt;
  auto prediction = price(counts->counts, std::min(0.9, std::max(least_band, band->second)));
  if (prediction) prediction->fitted = true;
  return prediction;
}

Prediction CoreModel::predict(const Work& work, bool in_float) const {
  std::vector<Count> counts{{"work.call", 1}};
  const auto add = [&](std::string_view term, std::int64_t turns) {
    if (turns > 0) counts.push_back({term, static_cast<double>(turns)});
  };
  add(in_float ? "work.float_mac" : "work.mac", work.macs);
  add(in_float ? "work.float_element" : "work.element", work.element_ops + work.requantizations);
  auto prediction = price(counts, 0);
  TINYC_CHECK(prediction.has_value(), "every core has coefficients of plain work");
  const Range within{unfitted_low, 1, unfitted_high};
  prediction->instructions = within * prediction->instructions.expected;
  prediction->cycles = cycles_per_instruction_ ? *cycles_per_instruction_ * prediction->instructions
                                               : within * prediction->cycles.expected;
  return *prediction;
}

std::optional<double> CoreModel::cycles(const KernelCall& call) const {
  const auto prediction = predict(call);
  if (!prediction) return std::nullopt;
  return prediction->cycles.expected;
}

CoreFeatures core_features(const Core& core) {
  return {.dsp = core.dsp, .mve = core.mve, .mul_long = core.mul_long, .cost = &CoreModel::of(core)};
}

}  // namespace tinyc
