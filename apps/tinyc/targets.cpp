#include <CLI/CLI.hpp>
#include <fmt/format.h>
#include <memory>

#include "apps/driver/mcu_file.h"
#include "apps/tinyc/command.h"
#include "apps/tinyc/terminal.h"
#include "formats/json/json.h"
#include "lib/support/text.h"

namespace tinyc::cli {
namespace {

std::string figure(const Mcu& mcu, std::string_view field) {
  const auto value = mcu.get(field);
  return value ? shortest(*value) : "unknown";
}

std::string extensions_of(const Core& core) { return core.mve ? "DSP, MVE" : core.dsp ? "DSP" : "none"; }

std::string list_all() {
  TextTable cores({"core", "extensions", "verified on", "compiled with"});
  for (const Core& core : all_cores())
    cores.add({std::string(core.name), extensions_of(core), std::string(core.qemu_machine), std::string(core.gcc_flags)});
  TextTable mcus({"MCU", "core", "MHz", "flash KB", "RAM KB", "wait states", "active uA/MHz", "sleep uA", "speed error %", "power mW"});
  int complete = 0;
  for (const Mcu& mcu : all_mcus()) {
    const auto error = mcu.get("calibration_error");
    complete += mcu.complete();
    mcus.add({mcu.name, mcu.core, figure(mcu, "clock_mhz"), figure(mcu, "flash_kb"), figure(mcu, "ram_kb"), figure(mcu, "flash_wait_states"),
              figure(mcu, "active_ua_per_mhz"), figure(mcu, "sleep_ua"),
              error ? fmt::format("{:.1f}", 100 * *error) : mcu.speed_is_measured() ? "by way of another board" : "not measured",
              mcu.power_is_measured() ? figure(mcu, "power_mw") : "not measured"});
  }
  return cores.plain() + "\n" + mcus.plain() +
         fmt::format("\n{} of {} are complete; `tinyc targets NAME` prints the source of every figure.\n", complete, all_mcus().size());
}

std::string show(const Target& target) {
  TextTable table({"fact", "value", "condition", "source"});
  table.add({"name", std::string(target.name()), "", ""});
  table.add({"core", std::string(target.core->name), "", ""});
  table.add({"extensions", extensions_of(*target.core), "", ""});
  table.add({"compiled with", std::string(target.core->gcc_flags), "", ""});
  table.add({"verified on", std::string(target.core->qemu_machine), std::string(target.core->note), ""});
  if (target.mcu)
    for (const McuField& field : mcu_fields()) {
      const Figure* found = target.mcu->find(field.name);
      table.add({std::string(field.name), found ? shortest(found->value) : "unknown", found ? found->condition : "", found ? found->source : ""});
    }
  return table.plain();
}

}  // namespace

Action add_targets(CLI::App& app) {
  struct Options {
    std::string name, mcu;
    bool json = false;
  };
  const auto options = std::make_shared<Options>();
  app.add_option("name", options->name, "Show this core or MCU only")->type_name("NAME");
  app.add_option("--mcu", options->mcu, "Show a microcontroller of your own")->type_name("FILE.json");
  app.add_flag("--json", options->json, "Print an MCU as the JSON that --mcu reads");
  app.footer("Examples:\n  tinyc targets\n  tinyc targets stm32l4r5\n  tinyc targets stm32l4r5 --json > own.json");
  return [options]() -> Result<ExitCode> {
    if (options->name.empty() && options->mcu.empty()) {
      TINYC_TRY(print_result(list_all()));
      return ExitCode::ok;
    }
    const Target target = TINYC_TRY(options->mcu.empty() ? find_target(options->name) : read_mcu_file(options->mcu));
    if (options->json && !target.mcu) return Error("TC5078", options->name, "a core, not a microcontroller", "name an MCU for --json");
    TINYC_TRY(print_result(options->json ? print_json(to_document(*target.mcu)) : show(target)));
    return ExitCode::ok;
  };
}

}  // namespace tinyc::cli
