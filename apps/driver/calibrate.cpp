#include "apps/driver/calibrate.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <set>

#include "lib/cost/board.h"
#include "lib/support/csv.h"
#include "lib/support/files.h"
#include "lib/support/text.h"
#include "passes/lower/lower.h"

namespace tinyc {
namespace {

constexpr std::size_t least_rows = 4;
constexpr double contradiction = 0.25;  // of two measurements of the same thing
constexpr double useless = 0.6;         // a mean error beyond which the rows do not go with the models
constexpr double penalty = 0.03;        // draws the two factors to their mean, as in scripts/fit_boards
constexpr double nine_of_ten = 1.645;   // standard deviations

struct Measurement {
  std::string model, layer, where;
  double dense = 0, other = 0;  // cycles without wait states
  double cycles = 0;            // measured
  std::optional<double> power_mw;
};

struct Factors {
  double dense = 1, other = 1;
  double of(const Measurement& m) const { return dense * m.dense + other * m.other; }
};

// Least squares on relative errors with a penalty on the distance of both factors from the mean one.
Factors fit(const std::vector<Measurement>& rows) {
  double log_sum = 0;
  for (const Measurement& m : rows) log_sum += std::log(m.cycles / (m.dense + m.other));
  const double base = std::exp(log_sum / static_cast<double>(rows.size()));
  const double pull = penalty * static_cast<double>(rows.size()) / 4;
  double dd = pull / (base * base), oo = dd, d_o = 0, d1 = pull / base, o1 = d1;
  for (const Measurement& m : rows) {
    const double d = m.dense / m.cycles, o = m.other / m.cycles;
    dd += d * d, oo += o * o, d_o += d * o, d1 += d, o1 += o;
  }
  const double determinant = dd * oo - d_o * d_o;
  return {std::max(0.05, (d1 * oo - o1 * d_o) / determinant), std::max(0.05, (o1 * dd - d1 * d_o) / determinant)};
}

struct Columns {
  int model = -1, layer = -1, cycles = -1, us = -1, energy = -1;
};

Result<Columns> columns_of(const Csv& csv, const std::string& where) {
  Columns columns;
  for (std::size_t i = 0; i < csv.heading.size(); ++i) {
    const std::string& name = csv.heading[i];
    int* place = name == "model" ? &columns.model : name == "layer" ? &columns.layer : name == "cycles" ? &columns.cycles
                 : name == "us" ? &columns.us : name == "energy_uj" ? &columns.energy : nullptr;
    if (!place) return Error("TC6082", where, "unknown column \"" + name + "\"", "the columns are model, layer, cycles or us, energy_uj");
    if (*place >= 0) return Error("TC6082", where, "the column \"" + name + "\" is there twice");
    *place = static_cast<int>(i);
  }
  if (columns.model < 0 || (columns.cycles < 0) == (columns.us < 0))
    return Error("TC6082", where, columns.model < 0 ? "no column \"model\"" : "needs one of the columns \"cycles\" and \"us\"",
                 "PREFIX_benchmark.c prints such a file");
  return columns;
}

// Dense and other cycles of the layers of a model, by name; of the whole under the empty name.
struct Expectation {
  std::map<std::string, std::pair<double, double>> layers;
};

Result<std::map<std::string, Expectation>> expectations_of(const std::vector<std::string>& folders, const Core& core) {
  std::map<std::string, Expectation> models;
  for (const std::string& folder : folders) {
    Model model = TINYC_TRY(load_model({.path = folder, .name = {}, .dims = {}}));
    if (!model.is_compiled()) return Error("TC6040", folder, "not a folder that compress wrote", "give the folders whose C was measured");
    const CompiledModel compiled = TINYC_TRY(lower(std::move(model.graph), core_features(core)));
    Expectation& expectation = models[model.prefix];
    auto& whole = expectation.layers[""];
    for (const LayerEstimate& layer : estimate(compiled, core).layers) {
      auto& [dense, other] = expectation.layers[layer.layer.name];
      const double d = layer.cycles.expected * layer.dense_share, o = layer.cycles.expected - d;
      dense += d, other += o, whole.first += d, whole.second += o;
    }
  }
  return models;
}

Result<double> number(const std::string& text, const std::string& where) {
  double value = 0;
  const auto parsed = std::from_chars(text.data(), text.data() + text.size(), value);
  if (parsed.ec != std::errc() || parsed.ptr != text.data() + text.size() || !(value >= 0))
    return Error("TC6083", where, "\"" + text + "\" is no duration or energy");
  return value;
}

Result<std::vector<Measurement>> read_rows(const CalibrateRequest& request, const std::map<std::string, Expectation>& models,
                                           std::optional<double> clock_mhz) {
  const std::string& path = request.measurements;
  const std::string text = TINYC_TRY(read_file(path));
  const Csv csv = TINYC_TRY(parse_csv(text, path));
  const Columns columns = TINYC_TRY(columns_of(csv, path));
  if ((columns.us >= 0 || columns.energy >= 0) && !clock_mhz)
    return Error("TC6084", path, "the clock of the board is not known", "give --clock-mhz, or a target with a clock");
  std::vector<Measurement> rows;
  for (const Csv::Row& row : csv.rows) {
    const auto field = [&](int column) { return column < 0 ? std::string() : row.fields[static_cast<std::size_t>(column)]; };
    Measurement m{.model = field(columns.model), .layer = field(columns.layer), .where = path + ":" + std::to_string(row.line), .power_mw = {}};
    const auto model = models.find(m.model);
    if (model == models.end()) return Error("TC6083", m.where, "no model \"" + m.model + "\" was given", "name its folder");
    const auto layer = model->second.layers.find(m.layer);
    if (layer == model->second.layers.end()) return Error("TC6083", m.where, m.model + " has no layer \"" + m.layer + "\"");
    m.dense = layer->second.first;
    m.other = layer->second.second;
    const double amount = TINYC_TRY(number(field(columns.us >= 0 ? columns.us : columns.cycles), m.where));
    if (amount == 0) continue;  // shorter than the clock's step
    m.cycles = columns.us >= 0 ? amount * *clock_mhz : amount;
    if (!field(columns.energy).empty()) {
      const double energy_uj = TINYC_TRY(number(field(columns.energy), m.where));
      m.power_mw = energy_uj / (m.cycles / *clock_mhz) * 1e3;
    }
    if (m.dense + m.other > 0) rows.push_back(std::move(m));
  }
  return rows;
}

// Rows of the same thing become their mean, unless they contradict each other; layers of next to no time are left out.
Result<std::vector<Measurement>> merge(std::vector<Measurement> rows, const std::string& path) {
  std::vector<Measurement> merged;
  std::map<std::string, double> total;
  for (const Measurement& m : rows) total[m.model] = std::max(total[m.model], m.cycles);
  for (const Measurement& m : rows) {
    if (m.cycles < 0.003 * total[m.model]) continue;
    const auto same = std::find_if(merged.begin(), merged.end(), [&](const Measurement& o) { return o.model == m.model && o.layer == m.layer; });
    if (same == merged.end()) {
      merged.push_back(m);
      continue;
    }
    if (std::abs(same->cycles / m.cycles - 1) > contradiction)
      return Error("TC6084", m.where, fmt::format("contradicts {}: {:.0f} and {:.0f} cycles of the same", same->where, same->cycles, m.cycles),
                   "measure again with interrupts off and a fixed clock");
    same->cycles = (same->cycles + m.cycles) / 2;
  }
  if (merged.size() < least_rows)
    return Error("TC6084", path, fmt::format("{} usable measurements, and {} are needed", merged.size(), least_rows),
                 "measure every layer (PREFIX_benchmark.c), or more models");
  return merged;
}

}  // namespace

Result<CalibrateOutcome> calibrate(const CalibrateRequest& request) {
  const Target target = TINYC_TRY(request.mcu_file.empty() ? find_target(request.target) : read_mcu_file(request.mcu_file));
  CalibrateOutcome outcome;
  outcome.mcu = target.mcu ? *target.mcu : Mcu{.name = std::string(target.core->name), .core = std::string(target.core->name)};
  outcome.mcu.name = request.name.empty() ? outcome.mcu.name + "-own" : request.name;
  const std::optional<double> clock = request.clock_mhz > 0 ? std::optional(request.clock_mhz) : outcome.mcu.get("clock_mhz");
  const auto models = TINYC_TRY(expectations_of(request.models, *target.core));
  std::vector<Measurement> rows = TINYC_TRY(read_rows(request, models, clock));
  rows = TINYC_TRY(merge(std::move(rows), request.measurements));

  std::set<std::string> names;
  for (const Measurement& m : rows) names.insert(m.model);
  const bool by_model = names.size() >= 3;
  std::vector<double> logs;
  for (const Measurement& out : rows) {
    std::vector<Measurement> rest;
    for (const Measurement& m : rows)
      if (by_model ? m.model != out.model : &m != &out) rest.push_back(m);
    logs.push_back(std::log(fit(rest).of(out) / out.cycles));
  }
  double squares = 0;
  for (const double log : logs) {
    outcome.error += std::abs(std::exp(log) - 1) / static_cast<double>(logs.size());
    outcome.worst = std::max(outcome.worst, std::abs(std::exp(log) - 1));
    squares += log * log / static_cast<double>(logs.size());
  }
  if (outcome.error > useless)
    return Error("TC6084", request.measurements, fmt::format("rows left out are missed by {:.0f} % on average: they do not go together, or not "
                                                             "with these models on {}", 100 * outcome.error, target.core->name),
                 "check the unit, the target and that the folders are those that were measured");
  outcome.rows = static_cast<int>(rows.size());
  outcome.models = static_cast<int>(names.size());
  const Factors factors = fit(rows);
  const double band = std::exp(nine_of_ten * std::sqrt(squares));
  const std::string source = fmt::format("calibrated from {} measurements of {} models", rows.size(), names.size());
  const auto set = [&](const char* field, double value) { outcome.mcu.figures[field] = {value, "", source}; };
  set("dense_factor", factors.dense);
  set("other_factor", factors.other);
  set("factor_low", 1 / band);
  set("factor_high", std::max(1.0, band));
  set("calibration_error", outcome.error);
  if (request.clock_mhz > 0) set("clock_mhz", request.clock_mhz);
  std::vector<double> powers;
  for (const Measurement& m : rows)
    if (m.power_mw) powers.push_back(*m.power_mw);
  if (!powers.empty()) {
    const auto [low, high] = std::minmax_element(powers.begin(), powers.end());
    double sum = 0;
    for (const double power : powers) sum += power;
    set("power_mw", sum / static_cast<double>(powers.size()));
    set("power_low_mw", *low);
    set("power_high_mw", *high);
    outcome.mcu.figures.erase("power_supply_v");
  }
  return outcome;
}

}  // namespace tinyc
