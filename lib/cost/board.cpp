#include "lib/cost/board.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <limits>

namespace tinyc {
namespace {

// Of a board that nobody measured: mean and range of the factors of those in lib/target/data/boards.csv, one that executes
// from memory without wait states included.
constexpr Range unmeasured_factor{1.0, 1.22, 1.75};
// Measured over stated current while a network runs: 0.9 to 2.2 on the STM32L4R5, U575 and U385 of the same table.
constexpr Range stated_current_factor{0.9, 1.5, 2.3};
constexpr double usual_supply_v = 3.0;

double supply_of(const Mcu& mcu, std::optional<double> wanted) {
  if (wanted) return *wanted;
  if (const auto measured = mcu.get("power_supply_v")) return *measured;
  return std::clamp(usual_supply_v, mcu.get("supply_min_v").value_or(0), mcu.get("supply_max_v").value_or(usual_supply_v));
}

std::optional<Range> power_of(const Mcu& mcu, double supply_v, std::vector<std::string>& notes) {
  if (const auto measured = mcu.get("power_mw")) {
    Range power{mcu.get("power_low_mw").value_or(*measured), *measured, mcu.get("power_high_mw").value_or(*measured)};
    // Behind a linear regulator the current stays as it is when the supply is higher, behind a switching one the power does.
    const double at = mcu.get("power_supply_v").value_or(supply_v);
    if (supply_v > at * 1.02) {
      notes.push_back(fmt::format("power was measured at {:.2g} V; at {:.2g} V a linear regulator takes in proportion more", at, supply_v));
      power.high *= supply_v / at;
      power.expected *= (1 + supply_v / at) / 2;
    }
    return power;
  }
  const auto current = mcu.get("active_ua_per_mhz"), clock = mcu.get("clock_mhz");
  if (!current || !clock) {
    notes.push_back("power is unknown: no measured power, and no stated current with a clock");
    return std::nullopt;
  }
  notes.push_back("power rests on the vendor's stated current alone; networks were measured to take 0.9 to 2.3 times such figures");
  return stated_current_factor * (*current * *clock * supply_v / 1e3);
}

}  // namespace

Range memory_factor(const Mcu& mcu, double dense_share) {
  const auto dense = mcu.get("dense_factor"), other = mcu.get("other_factor");
  if (!dense || !other) return unmeasured_factor;
  const double factor = *dense * dense_share + *other * (1 - dense_share);
  return Range{mcu.get("factor_low").value_or(0.8), 1, mcu.get("factor_high").value_or(1.25)} * factor;
}

BoardEstimate on_board(const Estimate& estimate, const Mcu& mcu, std::optional<double> supply_v) {
  BoardEstimate board;
  for (const LayerEstimate& layer : estimate.layers) {
    board.layer_cycles.push_back(layer.cycles * memory_factor(mcu, layer.dense_share));
    board.cycles += board.layer_cycles.back();
  }
  if (!mcu.speed_is_measured())
    board.notes.push_back("no measurement of this board: its memory system is taken to cost what others' do, within a wide band");
  if (const auto clock = mcu.get("clock_mhz"))
    board.latency_ms = board.cycles * (1 / (*clock * 1e3));
  else
    board.notes.push_back("latency is unknown: no clock");
  board.supply_v = supply_of(mcu, supply_v);
  board.power_mw = power_of(mcu, board.supply_v, board.notes);
  if (board.power_mw && board.latency_ms) board.energy_uj = *board.power_mw * *board.latency_ms;
  const auto wakeup = mcu.get("wakeup_us");
  if (wakeup && board.power_mw) board.wakeup_uj = *board.power_mw * (*wakeup / 1e3);
  if (!wakeup) board.notes.push_back("the time to wake up is unknown and not counted");
  if (const auto sleep = mcu.get("sleep_ua")) board.sleep_uw = *sleep * board.supply_v;
  return board;
}

Result<Battery> parse_battery(const std::string& text) {
  // Energizer data sheet of the CR2032: 235 mAh to 2 V, nominal 3 V.
  if (text == "CR2032") return Battery{text, 235, 3.0};
  const auto number = [](std::string_view digits) {
    double value = 0;
    const auto parsed = std::from_chars(digits.data(), digits.data() + digits.size(), value);
    return parsed.ec == std::errc() && parsed.ptr == digits.data() + digits.size() ? value : 0.0;
  };
  const auto at = text.find('@');
  const double mah = number(std::string_view(text).substr(0, at));
  const double volts = at == text.npos ? 0 : number(std::string_view(text).substr(at + 1));
  if (mah > 0 && volts > 0 && mah < 1e9 && volts < 100) return Battery{text, mah, volts};
  return Error("TC5070", "--battery " + text, "neither CR2032 nor MAH@V", "for example --battery 1000@3.7");
}

Result<DutyEstimate> at_duty(const BoardEstimate& board, const Duty& duty) {
  DutyEstimate result;
  if (!board.latency_ms) {
    result.notes.push_back("neither duty nor battery life: the latency is unknown");
    return result;
  }
  result.duty = *board.latency_ms * (duty.inferences_per_s / 1e3);
  if (duty.deadline_ms) result.meets_deadline = board.latency_ms->high <= *duty.deadline_ms;
  if (result.duty.low > 1)
    return Error("TC5071", "rate", fmt::format("an inference takes {:.3g} ms, and {:.3g} of them per second do not fit",
                                               board.latency_ms->expected, duty.inferences_per_s),
                 "lower the rate, or take a faster target");
  const std::optional<double> sleep = duty.sleep_ua ? std::optional(*duty.sleep_ua * board.supply_v) : board.sleep_uw;
  if (!sleep) result.notes.push_back("the current asleep is unknown: give --sleep-ua");
  if (!board.energy_uj || !sleep) return result;
  const Range busy = *board.energy_uj * duty.inferences_per_s + board.wakeup_uj.value_or(Range{}) * duty.events_per_s;
  const auto asleep = [&](double share) { return *sleep * std::max(0.0, 1 - share); };
  const Range idle{asleep(result.duty.low), asleep(result.duty.expected), asleep(result.duty.high)};
  result.average_uw = busy + Range{idle.low, idle.expected, idle.high} + Range::exactly(duty.sensor_uw);
  if (duty.harvest_uw > 0) {
    const double left = std::max(0.0, duty.harvest_uw - duty.sensor_uw - *sleep);
    const Range each = *board.energy_uj + board.wakeup_uj.value_or(Range{});
    result.neutral_hz = Range{left / each.high, left / each.expected, left / each.low};
  }
  if (duty.battery) {
    const double energy_uwh = duty.battery->mah * duty.battery->volts * 1e3;
    const auto days = [&](double power) {
      const double drained = power - duty.harvest_uw;
      return drained > 0 ? energy_uwh / drained / 24 : std::numeric_limits<double>::infinity();
    };
    result.battery_days = Range{days(result.average_uw->high), days(result.average_uw->expected), days(result.average_uw->low)};
    result.notes.push_back("battery life without self-discharge and losses of a regulator");
  }
  return result;
}

}  // namespace tinyc
