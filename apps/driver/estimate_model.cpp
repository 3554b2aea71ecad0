#include "apps/driver/estimate_model.h"

#include <algorithm>
#include <cmath>
#include <map>

#include "apps/driver/mcu_file.h"
#include "lib/support/check.h"
#include "passes/lower/lower.h"

namespace tinyc {
namespace {

// The graph that would become C. Ranges of random inputs stand in for those of real ones: the work depends on them little.
Result<Model> model_to_lower(const EstimateRequest& request, const std::string& target) {
  Model model = TINYC_TRY(load_model(request.model));
  if (model.is_compiled()) return model;
  QuantizeRequest quantize;
  quantize.model = request.model;
  quantize.target = target;
  quantize.synthetic_samples = 1;
  // The default pipeline but for what changes only the values of weights and scales.
  quantize.pipeline = std::string("canonicalize, ") + (carries_quantization(model.graph) ? "adopt-quantization, canonicalize, " : "") +
                      "calibrate, fuse-functions, quantize, merge-tables, remove-dead-channels, planar-input";
  QuantizeOutcome quantized = TINYC_TRY(quantize_model(quantize));
  return std::move(quantized.model);
}

Result<std::vector<Target>> targets_of(const EstimateRequest& request) {
  std::vector<Target> targets;
  for (const std::string& name : request.targets) {
    if (name != "all") {
      targets.push_back(TINYC_TRY(find_target(name)));
      continue;
    }
    for (const Mcu& mcu : all_mcus()) targets.push_back({find_core(mcu.core), &mcu});
  }
  for (const std::string& path : request.mcu_files) targets.push_back(TINYC_TRY(read_mcu_file(path)));
  return targets;
}

// Whether it certainly fits or certainly does not; nothing when that is unknown.
std::optional<bool> fits_on(const Mcu& mcu, const MemoryEstimate& memory) {
  const auto flash = mcu.get("flash_kb"), ram = mcu.get("ram_kb");
  const bool external = flash && *flash == 0;  // code and tables lie in a memory of the board's
  if ((flash && !external && memory.flash_bytes.low > *flash * 1024) || (ram && memory.ram_bytes.low > *ram * 1024)) return false;
  if (!flash || !ram) return std::nullopt;
  return true;
}

Document to_document(const Range& range) {
  return Document::object().set("low", range.low).set("expected", range.expected).set("high", range.high);
}

Document to_document(const std::optional<Range>& range) { return range ? to_document(*range) : Document(); }

Document to_document(const TargetEstimate& estimated, std::size_t index) {
  const LayerEstimate& layer = estimated.estimate.layers[index];
  Document row = Document::object(), calls = Document::array();
  row.set("name", layer.layer.name).set("op", layer.layer.op).set("macs", layer.layer.work.macs);
  row.set("element_ops", layer.layer.work.element_ops + layer.layer.work.requantizations);
  row.set("instructions", to_document(layer.instructions)).set("cycles", to_document(layer.cycles)).set("fitted", layer.fitted);
  if (const auto& board = estimated.board) {
    const auto per_cycle = [&](const std::optional<Range>& total) {
      return total ? to_document(board->layer_cycles[index] * (total->expected / board->cycles.expected)) : Document();
    };
    row.set("board_cycles", to_document(board->layer_cycles[index]));
    row.set("latency_ms", per_cycle(board->latency_ms)).set("energy_uj", per_cycle(board->energy_uj));
  }
  for (const EstimatedCall& call : layer.calls) {
    Document counts = Document::object(), item = Document::object();
    for (const Count& count : call.counts) counts.set(count.term, count.turns);
    calls.add(item.set("kernel", call.kernel).set("turns", std::move(counts)));
  }
  return row.set("calls", std::move(calls));
}

}  // namespace

Result<std::optional<Duty>> parse_duty(const DutyRequest& request) {
  const int ways = (request.rate_hz > 0) + (request.period_ms > 0) + (request.events_per_hour > 0);
  if (ways > 1) return Error("TC5076", "--rate, --period, --events-per-hour", "more than one of them", "choose one");
  const bool more = !request.battery.empty() || request.harvest_uw > 0 || request.sensor_uw > 0;
  if (ways == 0 && more)
    return Error("TC5076", "--battery, --sensor-uw, --harvest-uw", "how often the model runs is not said",
                 "give --rate, --period or --events-per-hour");
  if (ways == 0) return std::optional<Duty>();
  Duty duty;
  duty.inferences_per_s = request.rate_hz > 0     ? request.rate_hz
                          : request.period_ms > 0 ? 1e3 / request.period_ms
                                                  : request.events_per_hour / 3600;
  duty.events_per_s = duty.inferences_per_s;
  if (request.events_per_hour <= 0) duty.deadline_ms = 1e3 / duty.inferences_per_s;
  if (request.sleep_ua >= 0) duty.sleep_ua = request.sleep_ua;
  duty.sensor_uw = request.sensor_uw;
  duty.harvest_uw = request.harvest_uw;
  if (!request.battery.empty()) duty.battery = TINYC_TRY(parse_battery(request.battery));
  return std::optional<Duty>(duty);
}

CostFigures TargetEstimate::figures() const {
  CostFigures figures{{"flash_bytes", memory.flash_bytes}, {"ram_bytes", memory.ram_bytes},
                      {"cycles", board ? board->cycles : estimate.cycles}};
  if (board && board->latency_ms) figures["latency_ms"] = *board->latency_ms;
  if (board && board->energy_uj) figures["energy_uj"] = *board->energy_uj;
  if (duty && duty->battery_days) figures["battery_days"] = *duty->battery_days;
  return figures;
}

Result<TargetEstimate> estimate_on(const CompiledModel& compiled, const Target& target, const std::optional<Duty>& duty) {
  TargetEstimate result{.target = target, .estimate = estimate(compiled, *target.core), .memory = memory_of(compiled), .board = {},
                        .duty = {}, .fits = {}};
  if (!target.mcu) return result;
  result.fits = fits_on(*target.mcu, result.memory);
  result.board = on_board(result.estimate, *target.mcu, duty && duty->battery ? std::optional(duty->battery->volts) : std::nullopt);
  if (duty) result.duty = TINYC_TRY(at_duty(*result.board, *duty));
  return result;
}

Result<EstimateOutcome> estimate_model(const EstimateRequest& request) {
  const std::optional<Duty> duty = TINYC_TRY(parse_duty(request.duty));
  const std::vector<Target> targets = TINYC_TRY(targets_of(request));
  TINYC_CHECK(!targets.empty(), "an estimate for at least one target");
  const bool all = std::find(request.targets.begin(), request.targets.end(), "all") != request.targets.end();
  const Model model = TINYC_TRY(model_to_lower(request, std::string(targets.front().core->name)));
  EstimateOutcome outcome{.name = model.prefix, .targets = {}, .left_out = {}, .warnings = {}};
  std::map<std::string_view, CompiledModel> compiled;  // by core
  for (const Target& target : targets) {
    auto found = compiled.find(target.core->name);
    if (found == compiled.end()) {
      CompiledModel lowered = TINYC_TRY(lower(model.graph, core_features(*target.core)));
      found = compiled.emplace(target.core->name, std::move(lowered)).first;
    }
    auto estimated = estimate_on(found->second, target, duty);
    if (all && (!estimated.ok() || estimated->fits == false)) {
      outcome.left_out.emplace_back(target.name());
      continue;
    }
    if (!estimated.ok()) return estimated.error();
    outcome.targets.push_back(std::move(estimated).value());
  }
  const auto latency = [](const TargetEstimate& e) { return e.board && e.board->latency_ms ? e.board->latency_ms->expected : INFINITY; };
  if (all)
    std::stable_sort(outcome.targets.begin(), outcome.targets.end(),
                     [&](const TargetEstimate& a, const TargetEstimate& b) { return latency(a) < latency(b); });
  return outcome;
}

void describe(const TargetEstimate& estimated, Document& document) {
  document.set("target", estimated.target.name()).set("core", estimated.target.core->name);
  document.set("figures", figures_document(estimated.figures()));
  document.set("fits", estimated.fits ? Document(*estimated.fits) : Document());
  document.set("core_cycles", to_document(estimated.estimate.cycles)).set("instructions", to_document(estimated.estimate.instructions));
  document.set("unfitted_kernels", Document::array_of(estimated.estimate.unfitted));
  if (const auto& board = estimated.board) {
    document.set("power_mw", to_document(board->power_mw)).set("wakeup_uj", to_document(board->wakeup_uj));
    document.set("sleep_uw", board->sleep_uw ? Document(*board->sleep_uw) : Document()).set("supply_v", board->supply_v);
    document.set("notes", Document::array_of(board->notes));
  }
  if (const auto& duty = estimated.duty) {
    Document row = Document::object();
    row.set("duty", to_document(duty->duty)).set("average_uw", to_document(duty->average_uw));
    row.set("battery_days", to_document(duty->battery_days)).set("energy_neutral_hz", to_document(duty->neutral_hz));
    row.set("meets_deadline", duty->meets_deadline ? Document(*duty->meets_deadline) : Document());
    document.set("duty", row.set("notes", Document::array_of(duty->notes)));
  }
}

Document to_document(const EstimateOutcome& outcome) {
  Document document = Document::object();
  document.set("schema", "tinyc-estimate").set("schema_version", 2);
  document.set("name", outcome.name);
  if (outcome.targets.size() != 1) {
    Document targets = Document::array();
    for (const TargetEstimate& estimated : outcome.targets) {
      Document row = Document::object();
      describe(estimated, row);
      targets.add(std::move(row));
    }
    return document.set("targets", std::move(targets)).set("does_not_fit", Document::array_of(outcome.left_out));
  }
  const TargetEstimate& only = outcome.targets.front();
  describe(only, document);
  document.set("macs", only.estimate.macs).set("parameters", only.estimate.parameters);
  document.set("parameter_bytes", only.estimate.parameter_bytes.count);
  Document layers = Document::array();
  for (std::size_t i = 0; i < only.estimate.layers.size(); ++i) layers.add(to_document(only, i));
  return document.set("layers", std::move(layers));
}

}  // namespace tinyc
