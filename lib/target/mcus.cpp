// Microcontrollers from lib/target/data: mcus.csv (documents) and boards.csv (fitted to published measurements).
#include <algorithm>
#include <array>
#include <charconv>

#include "lib/support/check.h"
#include "lib/support/csv.h"
#include "lib/target/target.h"

namespace tinyc {
namespace {

struct EmbeddedTable {
  std::string_view name, text;
};

constexpr EmbeddedTable tables[] = {
#include "lib/target/embedded_tables.inc"
};

constexpr std::array fields{
    McuField{"clock_mhz", "highest clock", 1e-3},
    McuField{"flash_kb", "flash on chip; 0: none", 0},
    McuField{"ram_kb", "RAM on chip", 1e-3},
    McuField{"flash_wait_states", "wait states of the flash at the highest clock", 0},
    McuField{"supply_min_v", "lowest supply", 0.1},
    McuField{"supply_max_v", "highest supply", 0.1},
    McuField{"active_ua_per_mhz", "supply current running from flash, as the vendor states it", 1e-6},
    McuField{"sleep_ua", "supply current between inferences", 0},
    McuField{"wakeup_us", "from sleep to running", 0},
    McuField{"dense_factor", "cycles over cycles without wait states: weights against gathered inputs", 0.05},
    McuField{"other_factor", "cycles over cycles without wait states: other work", 0.05},
    McuField{"factor_low", "factor on the cycles below which one result in twenty lies", 0.01},
    McuField{"factor_high", "factor on the cycles above which one result in twenty lies", 1},
    McuField{"calibration_error", "mean share by which measurements are missed that were left out", 0},
    McuField{"power_mw", "power while running, measured", 1e-6},
    McuField{"power_low_mw", "lowest of the measured powers", 1e-6},
    McuField{"power_high_mw", "highest of the measured powers", 1e-6},
    McuField{"power_supply_v", "supply at which the power was measured", 0.1},
};

double number(const std::string& text) {
  double value = 0;
  const auto parsed = std::from_chars(text.data(), text.data() + text.size(), value);
  TINYC_CHECK(parsed.ec == std::errc() && parsed.ptr == text.data() + text.size(), "a number in the table of targets: " + text);
  return value;
}

Csv table_of(std::string_view name) {
  const auto found = std::find_if(std::begin(tables), std::end(tables), [&](const EmbeddedTable& t) { return t.name == name; });
  TINYC_CHECK(found != std::end(tables), "the tables of targets are embedded");
  auto csv = parse_csv(found->text, std::string(name));
  TINYC_CHECK(csv.ok(), "the tables of targets can be read");
  return std::move(csv).value();
}

void add_measurements(std::vector<Mcu>& mcus) {
  const Csv csv = table_of("lib/target/data/boards.csv");
  const auto source = static_cast<std::size_t>(csv.column("source"));
  for (const Csv::Row& row : csv.rows) {
    const auto mcu = std::find_if(mcus.begin(), mcus.end(), [&](const Mcu& m) { return m.name == row.fields[0]; });
    TINYC_CHECK(mcu != mcus.end(), "a measured board is listed: " + row.fields[0]);
    for (std::size_t i = 1; i < source; ++i)
      if (!row.fields[i].empty()) mcu->figures[csv.heading[i]] = {number(row.fields[i]), "", row.fields[source]};
  }
}

std::vector<Mcu> read_mcus() {
  std::vector<Mcu> mcus;
  for (const Csv::Row& row : table_of("lib/target/data/mcus.csv").rows) {
    const std::string &name = row.fields[0], &field = row.fields[1], &value = row.fields[2];
    if (field == "core") {
      mcus.push_back({.name = name, .core = value});
      continue;
    }
    TINYC_CHECK(!mcus.empty() && mcus.back().name == name, "the figures of a microcontroller follow its core");
    mcus.back().figures[field] = {number(value), row.fields[3], row.fields[4]};
  }
  add_measurements(mcus);
  std::sort(mcus.begin(), mcus.end(), [](const Mcu& a, const Mcu& b) { return std::tie(a.core, a.name) < std::tie(b.core, b.name); });
  return mcus;
}

}  // namespace

std::span<const McuField> mcu_fields() { return fields; }

const Figure* Mcu::find(std::string_view field) const {
  const auto found = figures.find(field);
  return found == figures.end() ? nullptr : &found->second;
}

std::optional<double> Mcu::get(std::string_view field) const {
  const Figure* figure = find(field);
  return figure ? std::optional(figure->value) : std::nullopt;
}

bool Mcu::complete() const {
  const auto known = [&](std::string_view field) { return find(field) != nullptr; };
  return known("clock_mhz") && known("flash_kb") && known("ram_kb") && known("flash_wait_states") && known("supply_min_v") &&
         known("supply_max_v") && known("sleep_ua") && (known("power_mw") || known("active_ua_per_mhz"));
}

std::span<const Mcu> all_mcus() {
  static const std::vector<Mcu> mcus = read_mcus();
  return mcus;
}

}  // namespace tinyc
