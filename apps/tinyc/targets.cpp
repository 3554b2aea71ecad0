#include <CLI/CLI.hpp>
#include <memory>

#include "apps/tinyc/command.h"
#include "apps/tinyc/terminal.h"
#include "lib/support/text.h"
#include "lib/target/target.h"

namespace tinyc::cli {
namespace {

template <class T>
std::string figure(const std::optional<T>& value) {
  return value ? shortest(static_cast<double>(*value)) : "unknown";
}

std::string extensions_of(const Core& core) { return core.mve ? "DSP, MVE" : core.dsp ? "DSP" : "none"; }

std::string list_all() {
  TextTable cores({"core", "extensions", "verified on", "compiled with"});
  for (const Core& core : all_cores())
    cores.add({std::string(core.name), extensions_of(core), std::string(core.qemu_machine), std::string(core.gcc_flags)});
  TextTable mcus({"MCU", "core", "MHz", "flash KB", "RAM KB", "source"});
  for (const Mcu& mcu : all_mcus())
    mcus.add({std::string(mcu.name), std::string(mcu.core), figure(mcu.clock_mhz), figure(mcu.flash_kb),
              figure(mcu.ram_kb), std::string(mcu.source)});
  return cores.plain() + "\n" + mcus.plain();
}

std::string show(const Target& target) {
  TextTable table({"fact", "value"});
  table.add({"name", std::string(target.name())});
  table.add({"core", std::string(target.core->name)});
  table.add({"extensions", extensions_of(*target.core)});
  table.add({"compiled with", std::string(target.core->gcc_flags)});
  table.add({"verified on", std::string(target.core->qemu_machine)});
  if (!target.core->note.empty()) table.add({"note", std::string(target.core->note)});
  if (target.mcu) {
    table.add({"clock (MHz)", figure(target.mcu->clock_mhz)});
    table.add({"flash (KB)", figure(target.mcu->flash_kb)});
    table.add({"RAM (KB)", figure(target.mcu->ram_kb)});
    table.add({"source", std::string(target.mcu->source)});
  }
  return table.plain();
}

}  // namespace

Action add_targets(CLI::App& app) {
  const auto name = std::make_shared<std::string>();
  app.add_option("name", *name, "Show this core or MCU only")->type_name("NAME");
  app.footer("Examples:\n  tinyc targets\n  tinyc targets stm32l4r5");
  return [name]() -> Result<ExitCode> {
    if (name->empty()) {
      TINYC_TRY(print_result(list_all()));
    } else {
      const Target target = TINYC_TRY(find_target(*name));
      TINYC_TRY(print_result(show(target)));
    }
    return ExitCode::ok;
  };
}

}  // namespace tinyc::cli
